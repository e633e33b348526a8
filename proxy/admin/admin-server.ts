import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorBody } from '../client/error-body.ts';
import { isSameSecret, keyOf } from '../client/identify.ts';

/** What the admin interface shows and does; told apart by method and path. */
export interface AdminTarget {
  replicas(): unknown;
  decisions(most: number): unknown;
  health(): unknown;
  config(): unknown;
  /** In the text format of Prometheus, with its content type. */
  metrics(): Promise<readonly [contentType: string, text: string]>;
  /** What was read, or a complaint. */
  reload(): Promise<AdminResult>;
  drain(replica: string): AdminResult;
  undrain(replica: string): AdminResult;
  setWeight(replica: string, weight: number): AdminResult;
}

export interface AdminResult {
  readonly ok: boolean;
  readonly message: string;
}

export interface AdminOptions {
  readonly target: AdminTarget;
  /** Undefined when there is none any more; then nobody is let in. */
  readonly token: () => string | undefined;
  readonly hasOpenMetrics: () => boolean;
}

const mostBodyBytes = 1_024;

/** On a port of its own, and for nobody without the token. */
export function createAdminServer({ hasOpenMetrics, target, token }: AdminOptions): Server {
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000 });
  server.maxConnections = 256;
  server.on('request', (request, response) => {
    const path = request.url!.split('?', 1)[0]!;
    const isOpen = path === '/metrics' && hasOpenMetrics();
    if (!isOpen && !isToken(keyOf(request.headers.authorization), token())) {
      response.setHeader('www-authenticate', 'Bearer');
      refuse(response, 401, 'invalid_token', 'Send the token as "Authorization: Bearer …".');
      return;
    }
    answer(target, request, response).catch((error: Error) =>
      refuse(response, 500, 'internal_error', error.message),
    );
  });
  return server;
}

function isToken(key: string | undefined, token: string | undefined): boolean {
  return key !== undefined && token !== undefined && isSameSecret(key, token);
}

async function answer(
  target: AdminTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'http://admin');
  const route = `${request.method} ${pathname}`;
  const act = /^\/admin\/replicas\/([^/]+)\/(drain|undrain|weight)$/.exec(pathname);
  if (act !== null && request.method === 'POST') {
    const name = decodeURIComponent(act[1]!);
    const kind = act[2] as 'drain' | 'undrain' | 'weight';
    if (kind === 'weight') await setWeight(target, name, request, response);
    else tell(response, target[kind](name), 404);
    return;
  }
  switch (route) {
    case 'GET /metrics': {
      const [contentType, text] = await target.metrics();
      response.writeHead(200, { 'content-type': contentType }).end(text);
      return;
    }
    case 'GET /admin/replicas':
      show(response, target.replicas());
      return;
    case 'GET /admin/decisions':
      show(response, target.decisions(Number(searchParams.get('limit') ?? 100)));
      return;
    case 'GET /admin/health':
      show(response, target.health());
      return;
    case 'GET /admin/config':
      show(response, target.config());
      return;
    case 'POST /admin/reload':
      tell(response, await target.reload(), 422);
      return;
    default:
      refuse(response, 404, 'unknown_path', routes);
  }
}

const routes =
  'There are GET /metrics, /admin/replicas, /admin/decisions, /admin/health and /admin/config, and POST /admin/reload and /admin/replicas/<name>/drain, /undrain and /weight.';

async function setWeight(
  target: AdminTarget,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const weight = await weightIn(request);
  if (weight === undefined) {
    refuse(response, 400, 'invalid_weight', 'Send {"weight": 2}, a number above 0 up to 1000.');
  } else {
    tell(response, target.setWeight(name, weight), 404);
  }
}

async function weightIn(request: IncomingMessage): Promise<number | undefined> {
  let text = '';
  for await (const piece of request) {
    text += (piece as Buffer).toString('utf8');
    if (text.length > mostBodyBytes) return undefined;
  }
  try {
    const { weight } = JSON.parse(text) as { weight?: unknown };
    return typeof weight === 'number' && weight > 0 && weight <= 1_000 ? weight : undefined;
  } catch {
    return undefined;
  }
}

function tell(response: ServerResponse, { message, ok }: AdminResult, otherwise: number): void {
  if (ok) show(response, { message });
  else refuse(response, otherwise, 'not_done', message);
}

function show(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value, null, 2)}\n`);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(errorBody({ status, code, type: 'invalid_request_error', message }));
}
