import type { ReplicaView } from '../../strategies/strategy.ts';

const trust = 0.3;

/** Requests at a replica that other gateways have sent, as its reports give them away. */
export class Strangers {
  running = 0;
  waiting = 0;

  reported({ inFlight, reported }: ReplicaView): void {
    const { endedSince, running, sentSince, waiting } = reported;
    if (Number.isNaN(running) || Number.isNaN(waiting)) return;
    const ours = inFlight - sentSince + endedSince;
    const others = Math.max(0, running + waiting - ours);
    const queued = running + waiting > 0 ? (others * waiting) / (running + waiting) : 0;
    this.waiting += trust * (queued - this.waiting);
    this.running += trust * (others - queued - this.running);
  }

  forget(): void {
    this.running = 0;
    this.waiting = 0;
  }
}
