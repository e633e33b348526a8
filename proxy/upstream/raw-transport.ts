import { connect, type Socket } from 'node:net';
import { ResponseParser, type ResponseReader } from './response-parser.ts';
import type {
  ResponseHead,
  Transport,
  UpstreamCall,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamSink,
} from './transport.ts';

/**
 * What a read of any connection brings is copied out of here at once: a buffer for each read, as
 * large as a read may be, costs more than all that is done with what it brings.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** uvicorn closes idle connections after 5 s, and we before it. */
const keepAliveMs = 4_000;

/**
 * Straight over sockets, for replicas one trusts: a chunk of a stream is checked and goes on as the
 * bytes that came, which costs about half of what a client library takes.
 */
export class RawTransport implements Transport {
  readonly #options: { readonly host: string; readonly port: number };
  readonly #hostLine: string;
  readonly #free: Connection[] = [];
  #isClosed = false;
  /** One timer for all: to set one for each connection costs as much as to write to it. */
  #sweep: NodeJS.Timeout | undefined = undefined;

  constructor(origin: URL) {
    const { host, hostname, port } = origin;
    const bare = hostname.replace(/^\[|\]$/g, '');
    this.#options = { host: bare, port: Number(port === '' ? 80 : port) };
    this.#hostLine = `host: ${host}\r\n`;
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall {
    const call = new RawCall(this, bytesOf(request, this.#hostLine), request, sink);
    call.sendOver(this.#free.pop() ?? this.connect());
    return call;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#free.splice(0)) connection.destroy();
  }

  connect(): Connection {
    return new Connection(this.#options, this.#forget);
  }

  release(connection: Connection, isReusable: boolean): void {
    if (!isReusable || this.#isClosed) connection.destroy();
    else {
      this.#free.push(connection.rest());
      this.#sweep ??= setInterval(this.#closeStale, keepAliveMs / 4).unref();
    }
  }

  /** Those that have rested longest come first. */
  readonly #closeStale = (): void => {
    while (this.#free[0]?.isStale === true) this.#free[0].destroy();
    if (this.#free.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  };

  /** It was closed while nobody used it. */
  readonly #forget = (connection: Connection): void => {
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
  };
}

/** What a connection tells the call it carries; itself, while it carries none. */
interface Passenger extends ResponseReader {
  onClosed(message: string): void;
}

class Connection {
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  readonly #forget: (connection: Connection) => void;
  #passenger: Passenger | undefined = undefined;
  isConnected = false;
  /** Whether it has carried a request before. */
  isUsed = false;
  #restsSinceMs = 0;

  constructor(
    options: { readonly host: string; readonly port: number },
    forget: (connection: Connection) => void,
  ) {
    this.#forget = forget;
    this.#parser = new ResponseParser({
      // Whoever calls it off at the head is not there for what came with it.
      onHead: (head) => this.#passenger?.onHead(head),
      onBytes: (bytes) => this.#passenger?.onBytes(bytes),
      onEnd: (isReusable) => this.#passenger?.onEnd(isReusable),
      onBroken: (message, isInside) => this.#broken(message, isInside),
    });
    const socket = connect({
      ...options,
      noDelay: true,
      keepAlive: true,
      onread: { buffer: readBuffer, callback: this.#onRead },
    });
    socket.on('connect', () => {
      this.isConnected = true;
    });
    socket.on('end', () => this.#parser.closed());
    socket.on('error', ({ message }) => this.#lost(message));
    socket.on('close', () => this.#lost('it closed the connection'));
    this.#socket = socket;
  }

  get isStale(): boolean {
    return performance.now() - this.#restsSinceMs > keepAliveMs;
  }

  get isSilent(): boolean {
    return this.#parser.isSilent;
  }

  get isInsideChunk(): boolean {
    return this.#parser.isInsideChunk;
  }

  carry(passenger: Passenger, request: UpstreamRequest, bytes: Buffer): void {
    this.#passenger = passenger;
    this.#parser.expect(request);
    this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  rest(): this {
    this.isUsed = true;
    this.#passenger = undefined;
    this.#restsSinceMs = performance.now();
    return this;
  }

  destroy(): void {
    this.#passenger = undefined;
    this.#forget(this);
    this.#socket.destroy();
  }

  readonly #onRead = (length: number): boolean => {
    const piece = Buffer.allocUnsafe(length);
    readBuffer.copy(piece, 0, 0, length);
    this.#parser.take(piece);
    return true;
  };

  #broken(message: string, isInsideChunk: boolean): void {
    if (this.#passenger === undefined) this.destroy();
    else this.#passenger.onBroken(message, isInsideChunk);
  }

  #lost(message: string): void {
    if (this.#passenger === undefined) this.#forget(this);
    else this.#passenger.onClosed(message);
  }
}

class RawCall implements UpstreamCall, Passenger {
  readonly #transport: RawTransport;
  readonly #bytes: Buffer;
  readonly #request: UpstreamRequest;
  readonly #sink: UpstreamSink;
  #connection: Connection | undefined = undefined;
  #isPaused = false;

  constructor(
    transport: RawTransport,
    bytes: Buffer,
    request: UpstreamRequest,
    sink: UpstreamSink,
  ) {
    this.#transport = transport;
    this.#bytes = bytes;
    this.#request = request;
    this.#sink = sink;
  }

  get isConnected(): boolean {
    return this.#connection?.isConnected ?? false;
  }

  get isInsideChunk(): boolean {
    return this.#connection?.isInsideChunk ?? false;
  }

  sendOver(connection: Connection): void {
    this.#connection = connection;
    connection.carry(this, this.#request, this.#bytes);
  }

  abort(): void {
    this.#leave(false);
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection?.resume();
  }

  onHead(head: ResponseHead): void {
    this.#sink.onHead(head);
  }

  onBytes(bytes: Buffer): void {
    this.#sink.onBytes(bytes);
  }

  onEnd(isReusable: boolean): void {
    this.#leave(isReusable && !this.#isPaused);
    this.#sink.onEnd();
  }

  onBroken(message: string, isInsideChunk: boolean): void {
    this.#fail({ kind: 'protocol', message, isInsideChunk });
  }

  /** A replica may close an idle connection at the moment in which it is used again. */
  onClosed(message: string): void {
    const connection = this.#connection!;
    const wasIdle = connection.isUsed && connection.isSilent;
    if (wasIdle) {
      connection.destroy();
      this.sendOver(this.#transport.connect());
    } else {
      const kind = connection.isConnected ? 'reset' : 'connect';
      this.#fail({ kind, message, isInsideChunk: connection.isInsideChunk });
    }
  }

  #fail(failure: UpstreamFailure): void {
    this.#leave(false);
    this.#sink.onFailure(failure);
  }

  #leave(isReusable: boolean): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    this.#transport.release(connection, isReusable);
  }
}

/** In one piece, which one call of the system can write. */
function bytesOf({ body, headers, method, path }: UpstreamRequest, hostLine: string): Buffer {
  let head = `${method} ${path} HTTP/1.1\r\n${hostLine}`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  if (body === undefined) return Buffer.from(`${head}\r\n`, 'latin1');
  head += `content-length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  body.copy(bytes, head.length);
  return bytes;
}
