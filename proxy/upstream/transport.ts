/** What goes to a replica: read in full, so that it can be sent again to another one. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Name, value, name, value, …; without those that hold for one connection only. */
  readonly headers: string[];
  readonly body: Buffer | undefined;
  /** Whether the chunks of the answer may be passed on as they are. */
  readonly takesFrames: boolean;
}

export interface ResponseHead {
  readonly status: number;
  /** Name, value, …; without those that hold for one connection only, names in lower case. */
  readonly headers: readonly string[];
  readonly isEventStream: boolean;
  /** NaN where nothing is said of it. */
  readonly contentLength: number;
  /** The bytes that follow are chunks as they came, each between its length and its end. */
  readonly isFramed: boolean;
}

/** Why there is no answer, or only half of one. */
export interface UpstreamFailure {
  readonly kind: 'connect' | 'reset' | 'protocol';
  readonly message: string;
  /** A part of a chunk was passed on of which the rest will never come. */
  readonly isInsideChunk: boolean;
}

/**
 * Told what comes of a request. The head comes first and once, then bytes, then the end or a
 * failure; a failure may come at any time, and nothing after it. Nothing comes before `send` has
 * returned, nor after `abort`.
 */
export interface UpstreamSink {
  onHead(head: ResponseHead): void;
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
}

/** One request on its way to a replica, or its answer on the way back. */
export interface UpstreamCall {
  /** Whether the replica has accepted a connection. */
  readonly isConnected: boolean;
  /** Whether a part of a chunk was passed on, and not the rest of it. */
  readonly isInsideChunk: boolean;
  abort(): void;
  /** No bytes come until `resume`, but for those that had been read. */
  pause(): void;
  resume(): void;
}

/** The way to one replica. */
export interface Transport {
  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall;
  /** Closes idle connections, and the others when their answers have ended. */
  close(): void;
}

export type CreateTransport = (origin: URL) => Transport;
