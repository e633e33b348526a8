import type { KvMessage } from '../../gateway/kv-event-streams.ts';
import type { KvEvent } from '../../strategies/strategy.ts';

/** About as many seconds as the 10,000 steps that vLLM keeps for a replay are on a small model. */
const most = 2_000;

/** What a replica has published, as far as it can say it again. */
export class PublishedMessages {
  #messages: KvMessage[] = [];
  #next = 0;

  add(events: readonly KvEvent[]): KvMessage {
    // New engines count from the beginning, and say nothing of what those before them had.
    const isAnew = events[0]?.kind === 'cleared';
    if (isAnew) {
      this.#messages = [];
      this.#next = 0;
    }
    const message = { sequence: this.#next++, events: isAnew ? events.slice(1) : events };
    this.#messages.push(message);
    if (this.#messages.length > 2 * most) this.#messages.splice(0, most);
    return message;
  }

  /** Those from a number on that are still there. */
  from(sequence: number): readonly KvMessage[] {
    return this.#messages.slice(-most).filter((message) => message.sequence >= sequence);
  }
}
