import { type Random, randomStream } from '../core/random.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { LoadSample } from '../gateway/reported-load.ts';
import { type SignalTimes, signalTimes } from '../scenarios/gateway-schema.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Fleet } from './fleet.ts';
import type { Sequence } from './replica/sequence.ts';
import type { Process, Simulation } from './simulation.ts';

interface ScrapedWorld {
  readonly fleet: Fleet;
  readonly gateway: Gateway<Sequence>;
  readonly simulation: Simulation;
  readonly seed: number;
}

/** One for each replica of a scenario. */
export function createScrapers({
  scenario,
  ...world
}: ScrapedWorld & { readonly scenario: Scenario }): Scraper[] {
  const signals = signalTimes(scenario.gateway.signals);
  return world.fleet.endpoints.map((_, replica) => new Scraper({ ...world, replica, signals }));
}

interface ScraperOptions extends ScrapedWorld {
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
    const { replica, seed, signals, simulation } = options;
    this.#options = options;
    this.#random = randomStream(seed, `scrape/${replica}`);
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
      gateway.onReported(replica, this.#answer, nowUs);
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
    gateway.onAsked(replica);
    this.#answer = { ...load, sampledAtUs: nowUs };
    if (signals.delayUs > 0) return;
    gateway.onReported(replica, this.#answer, nowUs);
    this.#answer = undefined;
  }

  /** Turns are late by chance, and never drift. */
  #nextTurnUs(nowUs: number): number {
    const { everyUs, jitter } = this.#options.signals;
    const lateUs = Math.floor(this.#random() * jitter * everyUs);
    return Math.max(nowUs, this.#turnUs + lateUs);
  }
}
