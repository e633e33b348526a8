import { Client, type Dispatcher } from 'undici';
import { responseHead } from './response-headers.ts';
import type {
  Transport,
  UpstreamCall,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamSink,
} from './transport.ts';

/**
 * By undici, with a list of free clients instead of its Pool: that one looks through all of its
 * clients for each request, and every open stream is a busy client.
 */
export class DispatchTransport implements Transport {
  readonly #origin: URL;
  readonly #free: Client[] = [];
  #isClosed = false;

  constructor(origin: URL) {
    this.#origin = origin;
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall {
    // The last one used is the one least likely to have been closed by the replica.
    const client = this.#free.pop() ?? this.#connect();
    const call = new DispatchCall(client, request, sink, this.#release);
    call.start();
    return call;
  }

  close(): void {
    this.#isClosed = true;
    for (const client of this.#free.splice(0)) void client.close();
  }

  #connect(): Client {
    return new Client(this.#origin, clientOptions);
  }

  readonly #release = (client: Client, isReusable: boolean): void => {
    if (!isReusable) void client.destroy();
    else if (this.#isClosed) void client.close();
    else this.#free.push(client);
  };
}

/** The gateway has all timeouts; uvicorn closes idle connections after 5 s, and we before it. */
const clientOptions: Client.Options = {
  pipelining: 1,
  connectTimeout: 0,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 4_000,
  maxHeaderSize: 64 * 1024,
};

/**
 * It is the handler that undici calls, of the older kind: the newer one makes an object of the
 * headers and a controller for each answer.
 */
class DispatchCall implements UpstreamCall, Dispatcher.DispatchHandler {
  isConnected = false;
  /** What undici gives has no frames. */
  readonly isInsideChunk = false;
  readonly #client: Client;
  readonly #request: UpstreamRequest;
  readonly #sink: UpstreamSink;
  readonly #release: (client: Client, isReusable: boolean) => void;
  #state: 'starting' | 'running' | 'over' = 'starting';
  #isPaused = false;
  #resume: (() => void) | undefined = undefined;
  #abort: ((error?: Error) => void) | undefined = undefined;

  constructor(
    client: Client,
    request: UpstreamRequest,
    sink: UpstreamSink,
    release: (client: Client, isReusable: boolean) => void,
  ) {
    this.#client = client;
    this.#request = request;
    this.#sink = sink;
    this.#release = release;
  }

  start(): void {
    const { body, headers, method, path } = this.#request;
    this.#client.dispatch({ method, path, headers, body: body ?? null }, this);
    if (this.#state === 'starting') this.#state = 'running';
  }

  abort(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#abort?.(aborted);
    this.#release(this.#client, false);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resume?.();
  }

  onConnect(abort: (error?: Error) => void): void {
    this.isConnected = true;
    this.#abort = abort;
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    this.#sink.onHead(responseHead(status, rawHeaders, false));
    return !this.#isPaused;
  }

  onData(chunk: Buffer): boolean {
    if (this.#state !== 'over') this.#sink.onBytes(chunk);
    return !this.#isPaused;
  }

  onComplete(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#release(this.#client, true);
    this.#sink.onEnd();
  }

  onError(error: Error): void {
    if (this.#state === 'over') return;
    // What undici refuses outright is told before `send` has returned.
    const isEarly = this.#state === 'starting';
    this.#state = 'over';
    this.#release(this.#client, false);
    const failure = failureOf(error, this.isConnected);
    if (isEarly) queueMicrotask(() => this.#sink.onFailure(failure));
    else this.#sink.onFailure(failure);
  }
}

const aborted = new Error('nobody waits for the answer any more');

function failureOf(error: Error, isConnected: boolean): UpstreamFailure {
  const { code = '' } = error as NodeJS.ErrnoException;
  const message = error.message === '' ? code : error.message;
  if (!isConnected) return { kind: 'connect', message, isInsideChunk: false };
  const isProtocol = code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW';
  return { kind: isProtocol ? 'protocol' : 'reset', message, isInsideChunk: false };
}
