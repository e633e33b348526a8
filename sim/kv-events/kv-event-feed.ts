import { type Random, randomStream } from '../../core/random.ts';
import { US_PER_MS } from '../../core/time.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { KvMessage } from '../../gateway/kv-event-streams.ts';
import { type KvEventTimes, kvEventTimes } from '../../scenarios/gateway-schema.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Fleet } from '../fleet.ts';
import type { Gateways } from '../gateways.ts';
import type { Process, Simulation } from '../simulation.ts';
import { PublishedMessages } from './published-messages.ts';

type SimulatedGateway = Gateways['all'][number];

export interface KvEventFeedOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly fleet: Fleet;
  readonly gateways: Pick<Gateways, 'all'>;
  readonly simulation: Simulation;
}

/** What is on its way between replicas and gateways. */
type Underway = { readonly replica: number } & (
  | { readonly kind: 'message'; readonly message: KvMessage }
  | { readonly kind: 'request'; readonly by: SimulatedGateway; readonly from: number }
  | {
      readonly kind: 'replay';
      readonly to: SimulatedGateway;
      readonly messages: readonly KvMessage[];
    }
);

/**
 * An engine publishes after each of its steps, which take some tens of milliseconds. Here all look
 * at the same instants, because engines that nobody looks at cost nothing.
 */
const publishEveryUs = 25 * US_PER_MS;

/** Brings the KV events of all replicas to the gateways, late and some only when asked again. */
export class KvEventFeed implements Process {
  readonly priority = 0.75;
  slot = -1;
  readonly #options: KvEventFeedOptions;
  readonly #times: KvEventTimes;
  readonly #chances: readonly Random[];
  readonly #underway = new TimedQueue<Underway>();
  readonly #published: readonly PublishedMessages[];
  #publishUs = publishEveryUs;

  constructor(options: KvEventFeedOptions) {
    const { fleet, scenario, seed, simulation } = options;
    this.#options = options;
    this.#times = kvEventTimes(scenario.gateway.kvEvents);
    this.#chances = fleet.endpoints.map((_, replica) => randomStream(seed, `kv-events/${replica}`));
    this.#published = fleet.endpoints.map(() => new PublishedMessages());
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
    while (this.#underway.nextUs <= nowUs) this.#arrive(this.#underway.pop()!, nowUs);
    this.#sleep();
  }

  #publish(nowUs: number): void {
    const { kvEvents } = this.#options.fleet;
    const { delayUs, loss } = this.#times;
    for (const [replica, log] of kvEvents.entries()) {
      // Whoever is looked at catches up with the present first. Of one that cannot be reached
      // nobody hears: a publisher keeps nothing for those who are away.
      const isReachable = this.#isReachable(replica);
      const events = log.take();
      if (events.length === 0) continue;
      const message = this.#published[replica]!.add(events);
      const isLost = !isReachable || (loss > 0 && this.#chances[replica]!() < loss);
      if (!isLost) this.#underway.push(nowUs + delayUs, { kind: 'message', replica, message });
    }
  }

  #arrive(underway: Underway, nowUs: number): void {
    const { replica } = underway;
    switch (underway.kind) {
      case 'message':
        for (const gateway of this.#options.gateways.all) {
          const from = gateway.kvEvents.onMessage(replica, underway.message, nowUs);
          this.#ask(replica, gateway, from, nowUs);
        }
        break;
      case 'request': {
        const { by, from } = underway;
        const messages = this.#isReachable(replica) ? this.#published[replica]!.from(from) : [];
        const replay = { kind: 'replay', replica, to: by, messages } as const;
        this.#underway.push(nowUs + this.#times.delayUs, replay);
        break;
      }
      case 'replay': {
        const { messages, to } = underway;
        this.#ask(replica, to, to.kvEvents.onReplay(replica, messages, nowUs), nowUs);
        break;
      }
    }
  }

  #ask(replica: number, by: SimulatedGateway, from: number | undefined, nowUs: number): void {
    if (from === undefined) return;
    this.#underway.push(nowUs + this.#times.delayUs, { kind: 'request', replica, by, from });
  }

  #isReachable(replica: number): boolean {
    return this.#options.fleet.endpoints[replica]!.snapshot() !== undefined;
  }

  #sleep(): void {
    const nextUs = Math.min(this.#publishUs, this.#underway.nextUs);
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }
}
