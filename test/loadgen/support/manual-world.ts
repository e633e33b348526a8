import { TimedQueue } from '../../../core/timed-queue.ts';
import type { AnswerSink, HttpCall } from '../../../loadgen/http/http-client.ts';

/** What goes over the wire, and when. */
export interface WireRequest {
  readonly atUs: number;
  readonly head: string;
  readonly body: Readonly<Record<string, unknown>>;
  abortedUs: number;
}

/** Tells a server of a test when to say what; times count from the request. */
export type ServerScript = (request: WireRequest, sink: AnswerSink, world: ManualWorld) => void;

/** A clock that stands still until somebody moves it, and a server that answers by it. */
export class ManualWorld {
  readonly wire: WireRequest[] = [];
  readonly #script: ServerScript;
  readonly #events = new TimedQueue<() => void>();
  #nowUs = 0;
  #alarmUs = Number.POSITIVE_INFINITY;
  onAlarm: () => void = () => {};

  constructor(script: ServerScript) {
    this.#script = script;
  }

  nowUs(): number {
    return this.#nowUs;
  }

  wakeAt(us: number): void {
    this.#alarmUs = us;
  }

  after(us: number, act: () => void): void {
    this.#events.push(this.#nowUs + us, act);
  }

  send(bytes: Buffer, sink: AnswerSink): HttpCall {
    const [head, body] = bytes.toString('utf8').split('\r\n\r\n') as [string, string];
    const request = { atUs: this.#nowUs, head, body: JSON.parse(body), abortedUs: Number.NaN };
    this.wire.push(request);
    this.#script(request, sink, this);
    const abort = () => {
      if (Number.isNaN(request.abortedUs)) request.abortedUs = this.#nowUs;
    };
    return { abort, pause: () => {}, resume: () => {} };
  }

  sendSlow(bytes: Buffer, sink: AnswerSink): HttpCall {
    return this.send(bytes, sink);
  }

  runUntil(isOver: () => boolean, mostUs = 3_600e6): void {
    while (!isOver()) {
      const us = Math.min(this.#alarmUs, this.#events.nextUs);
      if (us > mostUs) return;
      this.#nowUs = Math.max(this.#nowUs, us);
      if (this.#events.nextUs <= this.#nowUs) this.#events.pop()!();
      else {
        this.#alarmUs = Number.POSITIVE_INFINITY;
        this.onAlarm();
      }
    }
  }
}

/** All tokens and the end, as one read of a socket would bring them. */
export function answerAt(afterUs: number, tokens?: number): ServerScript {
  return (request, sink, world) => {
    world.after(afterUs, () => {
      if (!Number.isNaN(request.abortedUs)) return;
      sink.onHead(streamHead);
      const bytes = streamText(tokens ?? Number(request.body['max_tokens']));
      sink.onBytes(bytes, 0, bytes.length, world.nowUs());
      sink.onEnd(world.nowUs());
    });
  };
}

export const streamHead = {
  ...{ status: 200, isStream: true, replica: '', queueUs: Number.NaN, staysOpen: true },
  framing: { kind: 'chunked' },
} as const;

export function streamText(tokens: number, text = ' a'): Buffer {
  const event = (reason: string) =>
    `data: {"choices":[{"index":0,"text":"${text}","finish_reason":${reason}}]}\n\n`;
  return Buffer.from(`${event('null').repeat(tokens - 1)}${event('"length"')}data: [DONE]\n\n`);
}
