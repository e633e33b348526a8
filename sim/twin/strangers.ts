import { US_PER_S } from '../../core/time.ts';
import type { ReplicaView } from '../../strategies/strategy.ts';

const trust = 0.3;
/** A report counts in full until it is so old, then less and less. */
const freshUs = US_PER_S;
const staleUs = 5 * US_PER_S;

/** Requests at a replica that other gateways have sent, as its reports give them away. */
export class Strangers {
  running = 0;
  waiting = 0;
  #running = 0;
  #waiting = 0;
  #sampledAtUs = Number.NEGATIVE_INFINITY;

  reported({ inFlight, reported }: ReplicaView): void {
    const { endedSince, running, sampledAtUs, sentSince, waiting } = reported;
    if (Number.isNaN(running) || Number.isNaN(waiting)) return;
    const ours = inFlight - sentSince + endedSince;
    const others = Math.max(0, running + waiting - ours);
    const queued = running + waiting > 0 ? (others * waiting) / (running + waiting) : 0;
    this.#waiting += trust * (queued - this.#waiting);
    this.#running += trust * (others - queued - this.#running);
    this.#sampledAtUs = sampledAtUs;
  }

  /** Those who are probably there now. */
  moveTo(nowUs: number): void {
    const ageUs = nowUs - this.#sampledAtUs;
    const belief = Math.max(0, Math.min(1, (staleUs - ageUs) / (staleUs - freshUs)));
    this.running = belief * this.#running;
    this.waiting = belief * this.#waiting;
  }

  forget(): void {
    this.#running = 0;
    this.#waiting = 0;
  }
}
