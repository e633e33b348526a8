import type { ReplicaView, RequestView } from '../strategy.ts';
import { attemptKey } from './attempt-key.ts';

/**
 * How long requests wait for their first token after they were sent. Latency to the last token
 * would say more about the length of an answer than about the replica.
 */
export class FirstTokenTimes {
  /** Where an attempt without a first token is kept, by request and replica. */
  readonly #slots = new Map<number, number>();
  readonly #free: number[] = [];
  #sentUs = new Float64Array(64);
  #notes = new Float64Array(64);
  /** What was noted with the request that was asked for last. */
  note = 0;

  sent(request: RequestView, replica: ReplicaView, nowUs: number, note = 0): void {
    const key = attemptKey(request, replica);
    const slot = this.#slots.get(key) ?? this.#free.pop() ?? this.#slots.size;
    if (slot === this.#sentUs.length) this.#grow();
    this.#slots.set(key, slot);
    this.#sentUs[slot] = nowUs;
    this.#notes[slot] = note;
  }

  /** The time that has passed, when the first token comes or all ends without one; else NaN. */
  done(request: RequestView, replica: ReplicaView, nowUs: number): number {
    const key = attemptKey(request, replica);
    const slot = this.#slots.get(key);
    if (slot === undefined) return Number.NaN;
    this.#slots.delete(key);
    this.#free.push(slot);
    this.note = this.#notes[slot]!;
    return nowUs - this.#sentUs[slot]!;
  }

  #grow(): void {
    const [sentUs, notes] = [this.#sentUs, this.#notes];
    this.#sentUs = new Float64Array(2 * sentUs.length);
    this.#sentUs.set(sentUs);
    this.#notes = new Float64Array(2 * notes.length);
    this.#notes.set(notes);
  }
}
