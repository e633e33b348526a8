import { type Random, randomStream } from '../core/random.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { LoadSample } from '../gateway/reported-load.ts';
import { type SignalTimes, signalTimes } from '../scenarios/gateway-schema.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Fleet } from './fleet.ts';
import type { Gateways } from './gateways.ts';
import type { Sequence } from './replica/sequence.ts';
import type { Process, Simulation } from './simulation.ts';

interface ScrapedWorld {
  readonly fleet: Fleet;
  readonly simulation: Simulation;
  readonly seed: number;
}

interface ScrapedScenario extends ScrapedWorld {
  readonly gateways: Pick<Gateways, 'all'>;
  readonly scenario: Scenario;
}

/** One for each replica of a scenario, and that for each gateway. */
export function createScrapers({ gateways, scenario, ...world }: ScrapedScenario): Scraper[] {
  const signals = signalTimes(scenario.gateway.signals);
  return gateways.all.flatMap((gateway, router) =>
    world.fleet.endpoints.map(
      (_, replica) => new Scraper({ ...world, gateway, router, replica, signals }),
    ),
  );
}

interface ScraperOptions extends ScrapedWorld {
  readonly gateway: Gateway<Sequence>;
  readonly router: number;
  readonly replica: number;
  readonly signals: SignalTimes;
}

/**
 * Asks one replica for its metrics, again and again, in a phase of its own. An answer takes its
 * time, and a lost one is not asked for again before the next turn.
 */
class Scraper implements Process {
  readonly priority = 0.75;
  slot = -1;
  readonly #options: ScraperOptions;
  readonly #random: Random;
  #turnUs: number;
  /** On its way to the gateway. */
  #answer: LoadSample | undefined = undefined;
  #nextUs: number;
  #stopped = false;

  constructor(options: ScraperOptions) {
    const { replica, router, seed, signals, simulation } = options;
    this.#options = options;
    const name = `scrape/${replica}`;
    this.#random = randomStream(seed, router === 0 ? name : `${name}/router-${router + 1}`);
    this.#turnUs = Math.floor(this.#random() * signals.everyUs);
    this.#nextUs = this.#turnUs;
    simulation.add(this);
  }

  start(): void {
    this.#options.simulation.schedule(this, this.#nextUs);
  }

  /** It asks no more. */
  stop(): void {
    this.#stopped = true;
  }

  wake(nowUs: number): void {
    if (this.#stopped) return;
    const { gateway, replica, signals, simulation } = this.#options;
    if (this.#answer === undefined) {
      this.#ask(nowUs);
      this.#turnUs += signals.everyUs;
    } else {
      gateway.signals.onReported(replica, this.#answer, nowUs);
      this.#answer = undefined;
    }
    this.#nextUs = this.#answer === undefined ? this.#nextTurnUs(nowUs) : nowUs + signals.delayUs;
    simulation.schedule(this, this.#nextUs);
  }

  #ask(nowUs: number): void {
    const { fleet, gateway, replica, signals } = this.#options;
    const isLost = this.#random() < signals.loss;
    const load = isLost ? undefined : fleet.load(replica);
    if (load === undefined) return;
    gateway.signals.onAsked(replica);
    this.#answer = { ...load, sampledAtUs: nowUs };
    if (signals.delayUs > 0) return;
    gateway.signals.onReported(replica, this.#answer, nowUs);
    this.#answer = undefined;
  }

  /** Turns are late by chance, and never drift. */
  #nextTurnUs(nowUs: number): number {
    const { everyUs, jitter } = this.#options.signals;
    const lateUs = Math.floor(this.#random() * jitter * everyUs);
    return Math.max(nowUs, this.#turnUs + lateUs);
  }
}
