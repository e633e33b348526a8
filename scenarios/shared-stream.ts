import { assert } from '../core/assert.ts';
import { TimedQueue } from '../core/timed-queue.ts';
import { type RequestSource, type RequestSpec, RequestStream } from './request-stream.ts';
import type { Scenario } from './scenario.ts';
import type { Share } from './share.ts';
import { tenantOf } from './texts.ts';

/**
 * One player's share of the traffic when several play it together: each has the whole stream and
 * leaves out what belongs to others, so that what is sent is the same however many they are, at the
 * same times. A session stays with one player, since its next round waits for the last. Of a closed
 * loop each has its own users, and the jobs that come to them in turn.
 */
export class SharedStream implements RequestSource {
  readonly ended: ((id: number, nowUs: number) => void) | undefined;
  readonly #stream: RequestStream;
  readonly #share: Share;
  readonly #isClosed: readonly boolean[];
  /** Taken out before their time; what waits for others may still come before them. */
  readonly #own = new TimedQueue<RequestSpec>();

  constructor(scenario: Scenario, seed: number, share: Share) {
    this.#stream = new RequestStream(scenario, seed, share);
    this.#share = share;
    this.#isClosed = scenario.traffic.map(({ users }) => users !== undefined);
    const stream = this.#stream;
    this.ended = stream.ended && ((id, nowUs) => stream.ended!(id, nowUs));
  }

  get nextArrivalUs(): number {
    const stream = this.#stream;
    // All of one time are taken: a round that is begun would hide what comes before the rest of it.
    while (stream.nextArrivalUs < Infinity && stream.nextArrivalUs <= this.#own.nextUs) {
      const spec = stream.next();
      if (this.#isOwn(spec)) this.#own.push(spec.arrivalUs, spec);
    }
    return this.#own.nextUs;
  }

  next(): RequestSpec {
    // To ask when it comes is what finds it.
    assert(this.nextArrivalUs < Number.POSITIVE_INFINITY, 'there is a request to take');
    return this.#own.pop()!;
  }

  #isOwn({ answer, session }: RequestSpec): boolean {
    if (this.#isClosed[tenantOf(answer.text)]) return true;
    const { index, of } = this.#share;
    return Math.floor((hashOf(session > 0 ? session : answer.text) / 2 ** 32) * of) === index;
  }
}

/** The finish of MurmurHash3, of both halves. */
function hashOf(key: number): number {
  let hash = (key | 0) ^ Math.imul((key / 2 ** 32) | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
