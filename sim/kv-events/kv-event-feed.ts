import { type Random, randomStream } from '../../core/random.ts';
import { US_PER_MS } from '../../core/time.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import { type KvEventTimes, kvEventTimes } from '../../scenarios/gateway-schema.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { KvEvent } from '../../strategies/strategy.ts';
import type { Fleet } from '../fleet.ts';
import type { Gateways } from '../gateways.ts';
import type { Process, Simulation } from '../simulation.ts';

export interface KvEventFeedOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly fleet: Fleet;
  readonly gateways: Pick<Gateways, 'all'>;
  readonly simulation: Simulation;
}

/** What a replica published at once. */
interface Message {
  readonly replica: number;
  readonly events: readonly KvEvent[];
}

/**
 * An engine publishes after each of its steps, which take some tens of milliseconds. Here all look
 * at the same instants, because engines that nobody looks at cost nothing.
 */
const publishEveryUs = 25 * US_PER_MS;

/** Brings the KV events of all replicas to the gateways, late and not all of them. */
export class KvEventFeed implements Process {
  readonly priority = 0.75;
  slot = -1;
  readonly #options: KvEventFeedOptions;
  readonly #times: KvEventTimes;
  readonly #chances: readonly Random[];
  readonly #underway = new TimedQueue<Message>();
  #publishUs = publishEveryUs;

  constructor(options: KvEventFeedOptions) {
    const { fleet, scenario, seed, simulation } = options;
    this.#options = options;
    this.#times = kvEventTimes(scenario.gateway.kvEvents);
    this.#chances = fleet.endpoints.map((_, replica) => randomStream(seed, `kv-events/${replica}`));
    simulation.add(this);
  }

  start(): void {
    this.#sleep();
  }

  /** Nothing more is published; what is on its way arrives. */
  stop(): void {
    this.#publishUs = Number.POSITIVE_INFINITY;
  }

  wake(nowUs: number): void {
    if (this.#publishUs <= nowUs) {
      this.#publish(nowUs);
      this.#publishUs += publishEveryUs;
    }
    while (this.#underway.nextUs <= nowUs) this.#deliver(this.#underway.pop()!, nowUs);
    this.#sleep();
  }

  #publish(nowUs: number): void {
    const { endpoints, kvEvents } = this.#options.fleet;
    const { delayUs, loss } = this.#times;
    for (const [replica, log] of kvEvents.entries()) {
      // Whoever is looked at catches up with the present first. Of one that cannot be reached
      // nobody hears: a publisher keeps nothing for those who are away.
      const isLost = endpoints[replica]!.snapshot() === undefined;
      const events = log.take();
      if (events.length === 0 || isLost) continue;
      if (loss > 0 && this.#chances[replica]!() < loss) continue;
      this.#underway.push(nowUs + delayUs, { replica, events });
    }
  }

  #deliver({ events, replica }: Message, nowUs: number): void {
    for (const gateway of this.#options.gateways.all) {
      for (const event of events) gateway.onKvEvent(replica, event, nowUs);
    }
  }

  #sleep(): void {
    const nextUs = Math.min(this.#publishUs, this.#underway.nextUs);
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }
}
