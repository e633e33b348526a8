import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { FairleadError } from '../../core/errors.ts';
import { usOf } from '../../core/time.ts';
import type { ProxyConfig } from '../config/proxy-schema.ts';
import { lingerMs } from './client-answer.ts';
import { errorBody } from './error-body.ts';
import { type ProxyErrorCode, proxyError } from './proxy-errors.ts';

export interface ListenerHandler {
  /** `expectsContinue`: the client waits to be told that its body is wanted. */
  onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void;
}

/** A table beside the sockets would cost each request more than all the rest here. */
interface ClientSocket extends Socket {
  lastAnswer?: ServerResponse;
}

/** The side of the clients, whom nobody trusts: what they may send, and how long it may take. */
export function createListener(limits: ProxyConfig['limits'], handler: ListenerHandler): Server {
  const requestMs = usOf(limits.requestTime) / 1_000;
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    keepAliveTimeout: usOf(limits.idle) / 1_000,
    connectionsCheckingInterval: Math.min(1_000, requestMs / 2),
    // Two readers could take such a request for two different ones.
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = 0;
  const onRequest =
    (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      (request.socket as ClientSocket).lastAnswer = response;
      handler.onRequest(request, response, expectsContinue);
    };
  server.on('request', onRequest(false));
  server.on('checkContinue', onRequest(true));
  server.on('checkExpectation', (_request, response) => {
    // Nobody knows whether the body will come all the same.
    response.shouldKeepAlive = false;
    response.writeHead(417, { 'content-type': 'application/json' });
    response.end(errorBody(proxyError('unknown_expectation')));
  });
  const refuse = (code: string, socket: Socket) => {
    if (
      socket.writable &&
      code !== 'ECONNRESET' &&
      isItsTurn((socket as ClientSocket).lastAnswer)
    ) {
      refuseBytes(code, socket);
    } else {
      socket.destroy();
    }
  };
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) =>
    refuse(code, socket as Socket),
  );
  // Nobody listens for upgrades: such a request is one like any other (RFC 9110, 7.8), and there
  // are clients that try HTTP/2 with each.
  server.on('connect', (_request, socket) => {
    // From here on node leaves the connection alone, with all that may go wrong on it.
    socket.on('error', () => socket.destroy());
    refuse('CONNECT', socket as Socket);
  });
  return server;
}

export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) => {
      const advice = 'Choose another address or port, or stop who has it.';
      reject(new FairleadError('LISTEN_FAILED', `${host}:${port}: ${message}. ${advice}`));
    });
    server.listen({ host, port, backlog: 4_096 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * Whether a refusal would stand where the client expects the answer to what it refuses: not inside
 * another answer, nor in the place of one that is still to come.
 */
function isItsTurn(last: ServerResponse | undefined): boolean {
  if (last === undefined || last.writableFinished) return true;
  return last.socket !== null && !last.headersSent && !last.req.complete;
}

/** Before there is a request there is no response to write to. */
function refuseBytes(refusal: string, socket: Socket): void {
  const error = proxyError(refusals[refusal] ?? 'malformed_request');
  const body = errorBody(error);
  const line = `${error.status} ${STATUS_CODES[error.status]}`;
  // What still comes is not for the parser; unread, it would have the kernel drop the refusal.
  socket.removeAllListeners('data').on('data', () => {});
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.on('close', () => clearTimeout(timer));
}

const refusals: Readonly<Record<string, ProxyErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  CONNECT: 'not_implemented',
};
