import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KvEventStreams, type KvMessage } from '../../gateway/kv-event-streams.ts';
import type { KvEvent } from '../../strategies/strategy.ts';

/** A replica that stores and removes blocks, remembers its last messages, and may start anew. */
class Publisher {
  readonly held = new Set<number>();
  readonly #remembered: number;
  #messages: KvMessage[] = [];
  #sequence = 0;

  constructor(remembered: number) {
    this.#remembered = remembered;
  }

  toggle(hash: number): KvMessage {
    const kind = this.held.delete(hash) ? 'removed' : 'stored';
    if (kind === 'stored') this.held.add(hash);
    const events: KvEvent[] = [{ kind, hashes: Float64Array.of(hash) }];
    const message = { sequence: this.#sequence++, events };
    this.#messages = [...this.#messages, message].slice(-this.#remembered);
    return message;
  }

  restart(): void {
    this.held.clear();
    this.#messages = [];
    this.#sequence = 0;
  }

  from(sequence: number): KvMessage[] {
    return this.#messages.filter((message) => message.sequence >= sequence);
  }
}

/** A gateway that listens to one replica, and asks it again when something is missing. */
class Listener {
  readonly held = new Set<number>();
  #asked: number | undefined;
  readonly #streams = new KvEventStreams((_, { hashes, kind }) => {
    if (kind === 'cleared') this.held.clear();
    for (const hash of hashes) {
      if (kind === 'stored') this.held.add(hash);
      else this.held.delete(hash);
    }
  });

  hear(message: KvMessage): void {
    this.#asked = this.#streams.onMessage(0, message, 0) ?? this.#asked;
  }

  joined(): void {
    this.held.clear();
    this.#streams.joined({ index: 0 });
  }

  /** The answer to what it has asked. */
  answer(publisher: Publisher, isReachable = true): void {
    const from = this.#asked;
    if (from === undefined) return;
    const messages = isReachable ? publisher.from(from) : [];
    this.#asked = this.#streams.onReplay(0, messages, 0);
  }
}

const acts = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ act: fc.constant('tell'), hash: fc.nat(20) }) },
    { weight: 8, arbitrary: fc.record({ act: fc.constant('lose'), hash: fc.nat(20) }) },
    { weight: 5, arbitrary: fc.record({ act: fc.constant('answer'), hash: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('restart'), hash: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('fail'), hash: fc.constant(0) }) },
  ),
  { maxLength: 120 },
);

type Act = { readonly act: string; readonly hash: number };

function play(publisher: Publisher, run: readonly Act[]): Listener {
  const listener = new Listener();
  for (const { act, hash } of run) {
    if (act === 'tell') listener.hear(publisher.toggle(hash));
    else if (act === 'lose') publisher.toggle(hash);
    else if (act === 'restart') {
      publisher.restart();
      listener.joined();
    } else listener.answer(publisher, act === 'answer');
  }
  // One message more shows what was missing.
  listener.hear(publisher.toggle(99));
  for (let answers = 0; answers < 3; answers++) listener.answer(publisher);
  return listener;
}

describe('what a gateway knows of a cache by its events', () => {
  test('is what is there, whatever was lost on the way, if the replica remembers it', () => {
    const property = fc.property(acts, (run) => {
      const calm = run.filter(({ act }) => act !== 'fail');
      const publisher = new Publisher(1_000);
      expect(play(publisher, calm).held).toEqual(publisher.held);
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
  });

  test('is never more than what is there, even if the replica forgets or cannot be reached', () => {
    let mostKnown = 0;
    const property = fc.property(acts, fc.integer({ min: 1, max: 10 }), (run, remembered) => {
      const publisher = new Publisher(remembered);
      const { held } = play(publisher, run);
      expect([...held].filter((hash) => !publisher.held.has(hash))).toEqual([]);
      mostKnown = Math.max(mostKnown, held.size);
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
    expect(mostKnown).toBeGreaterThan(10);
  });

  test('is asked for once at a time', () => {
    const streams = new KvEventStreams(() => {});
    const message = (sequence: number) => ({ sequence, events: [] });
    expect(streams.onMessage(3, message(2), 0)).toBe(0);
    expect(streams.onMessage(3, message(5), 0)).toBe(undefined);
    expect(streams.onReplay(3, [message(0), message(1)], 0)).toBe(3);
    expect(streams.onReplay(3, [message(3), message(4)], 0)).toBe(undefined);
    expect(streams.onMessage(3, message(6), 0)).toBe(undefined);
  });
});
