import type { KvEvent, ReplicaView } from '../strategies/strategy.ts';

/** What a replica publishes at once; its messages are numbered from 0, and anew after a start. */
export interface KvMessage {
  readonly sequence: number;
  readonly events: readonly KvEvent[];
}

/**
 * KV events come by a publisher that keeps nothing for those who do not listen, so some never
 * arrive. A message missed is noticed by the number of the next, and can be asked for again, as
 * long as the replica remembers it (the replay endpoint of vLLM). Until the answer nothing newer is
 * believed, because what was stored since may be gone; what cannot be had again makes everything
 * that is known of the replica worthless.
 */
export class KvEventStreams {
  readonly #hear: (replica: number, event: KvEvent, nowUs: number) => void;
  readonly #streams: Stream[] = [];

  constructor(hear: (replica: number, event: KvEvent, nowUs: number) => void) {
    this.#hear = hear;
  }

  /** It comes with empty caches, as the strategy is told by the pool. */
  joined({ index }: Pick<ReplicaView, 'index'>): void {
    this.#streams[index] = newStream();
  }

  /** Says from where on the replica must be asked for a replay, if it must. */
  onMessage(replica: number, message: KvMessage, nowUs: number): number | undefined {
    // Messages come in order, so a lower number is that of a new engine, which has nothing yet.
    if (message.sequence <= this.#of(replica).live) {
      this.#clear(replica, nowUs);
      this.#streams[replica] = newStream();
    }
    this.#of(replica).live = message.sequence;
    return this.#take(replica, [message], nowUs);
  }

  /** All that the replica still had from there on; nothing when it cannot be reached. */
  onReplay(replica: number, messages: readonly KvMessage[], nowUs: number): number | undefined {
    const stream = this.#of(replica);
    if (!stream.isAsked) return undefined;
    stream.isAsked = false;
    const known = [...messages, ...stream.early];
    stream.early = [];
    const oldest = known[0]?.sequence ?? stream.next;
    if (oldest > stream.next) {
      this.#clear(replica, nowUs);
      stream.next = oldest;
    }
    return this.#take(replica, known, nowUs);
  }

  #take(replica: number, messages: readonly KvMessage[], nowUs: number): number | undefined {
    const stream = this.#of(replica);
    for (const message of messages) {
      if (message.sequence > stream.next) {
        stream.early.push(message);
      } else if (message.sequence === stream.next) {
        stream.next += 1;
        for (const event of message.events) this.#hear(replica, event, nowUs);
      }
    }
    if (stream.early.length === 0 || stream.isAsked) return undefined;
    stream.isAsked = true;
    return stream.next;
  }

  #clear(replica: number, nowUs: number): void {
    this.#hear(replica, { kind: 'cleared', hashes: new Float64Array(0) }, nowUs);
  }

  #of(replica: number): Stream {
    this.#streams[replica] ??= newStream();
    return this.#streams[replica];
  }
}

interface Stream {
  /** The number of the last message that was published to us. */
  live: number;
  /** The number of the message to come. */
  next: number;
  /** Messages that came before one that is missing. */
  early: KvMessage[];
  isAsked: boolean;
}

function newStream(): Stream {
  return { live: -1, next: 0, early: [], isAsked: false };
}
