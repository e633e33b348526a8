import { randomExponential, randomLogNormal, randomUniform } from 'd3-random';
import { quantile, sortedSample } from '../../core/quantiles.ts';
import { randomStream } from '../../core/random.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { Attempt } from '../../gateway/attempt.ts';
import type { Backend } from '../../gateway/backend.ts';
import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { Strategy, StrategyContext } from '../../strategies/strategy.ts';
import { strategyContext } from './strategies.ts';
import { anyUsage, requestView, unknownReplicas } from './views.ts';

export interface ToyFleetOptions {
  readonly create: (context: StrategyContext) => Strategy;
  /** Share of all slots that the traffic keeps busy. */
  readonly rho: number;
  /** From one report of a replica to its next; infinity for none. */
  readonly scrapeS: number;
  readonly arrivals?: number;
  /** So many of them are not counted. */
  readonly warmup?: number;
  readonly seed?: number;
  readonly checkInvariants?: boolean;
}

export interface ToyResult {
  /** Time in the queue of a replica before a slot was free. */
  readonly meanWaitS: number;
  readonly p99WaitS: number;
  /** Requests each replica got. */
  readonly sent: readonly number[];
}

export const toyReplicas = 8;
const slots = 32;
const meanServiceS = 8;
const sigma = 1.2;

/**
 * Eight replicas of 32 slots of constant speed and one queue each, under a real gateway: no
 * batching that slows down and no cache, so that nothing but the choice of the replica makes a
 * request wait. A request holds a slot for a lognormal time.
 */
export function runToyFleet(options: ToyFleetOptions): ToyResult {
  return new ToyRun(options).run();
}

/** The service time of a request in microseconds. */
type Work = number;

class ToyReplica {
  readonly freeAtUs = new Float64Array(slots);
  inSystem = 0;

  /** First come, first served: the slot that is free first serves it. */
  serve(serviceUs: number, nowUs: number): number {
    let first = 0;
    for (let slot = 1; slot < slots; slot++) {
      if (this.freeAtUs[slot]! < this.freeAtUs[first]!) first = slot;
    }
    const startUs = Math.max(nowUs, this.freeAtUs[first]!);
    this.freeAtUs[first] = startUs + serviceUs;
    this.inSystem += 1;
    return startUs;
  }
}

class ToyRun implements Backend<Work> {
  readonly #options: Required<ToyFleetOptions>;
  readonly #gateway: Gateway<Work>;
  readonly #replicas = Array.from({ length: toyReplicas }, () => new ToyReplica());
  /** An attempt that is in it begins, and then, the second time, ends. */
  readonly #changes = new TimedQueue<Attempt<Work>>();
  readonly #nextScrapeUs: number[];
  readonly #waitS: Float64Array;
  readonly #sent = new Array<number>(toyReplicas).fill(0);
  readonly #nextGapUs: () => number;
  readonly #nextServiceUs: () => number;

  constructor(given: ToyFleetOptions) {
    const options = { arrivals: 60_000, warmup: 5_000, seed: 1, checkInvariants: false, ...given };
    const { arrivals, create, rho, scrapeS, seed } = options;
    this.#options = options;
    this.#gateway = new Gateway<Work>({
      replicas: unknownReplicas(toyReplicas),
      strategy: create(strategyContext('toy', seed)),
      backend: this,
      onOutcome: () => {},
      checkInvariants: options.checkInvariants,
    });
    const stream = (name: string) => randomStream(seed, `toy/${name}`);
    const meanGapUs = (1e6 * meanServiceS) / (rho * toyReplicas * slots);
    this.#nextGapUs = randomExponential.source(stream('arrivals'))(1 / meanGapUs);
    const mu = Math.log(meanServiceS * 1e6) - sigma ** 2 / 2;
    this.#nextServiceUs = randomLogNormal.source(stream('services'))(mu, sigma);
    const phase = randomUniform.source(stream('phases'))(scrapeS * 1e6);
    this.#nextScrapeUs = this.#replicas.map(() =>
      Number.isFinite(scrapeS) ? phase() : Number.POSITIVE_INFINITY,
    );
    this.#waitS = new Float64Array(arrivals);
  }

  run(): ToyResult {
    const { arrivals, warmup } = this.#options;
    let nowUs = 0;
    for (let id = 0; id < arrivals; id++) {
      nowUs += this.#nextGapUs();
      this.#liveUntil(nowUs);
      const serviceUs = this.#nextServiceUs();
      const view = requestView(id, Math.ceil(serviceUs / 1_000), { arrivalUs: nowUs });
      this.#gateway.submit(new GatewayRequest(view, serviceUs), nowUs);
    }
    // The longest would last for hours.
    this.#gateway.close(nowUs);
    const waitS = this.#waitS.subarray(warmup);
    return {
      meanWaitS: waitS.reduce((sum, wait) => sum + wait, 0) / waitS.length,
      p99WaitS: quantile(sortedSample(waitS), 0.99)!,
      sent: this.#sent,
    };
  }

  start(attempt: Attempt<Work>, nowUs: number): void {
    const { replica, request, work } = attempt;
    const startUs = this.#replicas[replica.index]!.serve(work, nowUs);
    this.#waitS[request.id] = (startUs - nowUs) / 1e6;
    this.#sent[replica.index]! += 1;
    this.#changes.push(startUs, attempt);
  }

  abort(): void {}

  #liveUntil(untilUs: number): void {
    for (;;) {
      const scrapeUs = Math.min(...this.#nextScrapeUs);
      const changeUs = this.#changes.nextUs;
      if (Math.min(scrapeUs, changeUs) > untilUs) return;
      if (changeUs <= scrapeUs) this.#change(changeUs);
      else this.#scrape(this.#nextScrapeUs.indexOf(scrapeUs), scrapeUs);
    }
  }

  #change(nowUs: number): void {
    const attempt = this.#changes.pop()!;
    if (attempt.state === 'awaiting') {
      this.#gateway.onFirstToken(attempt, nowUs);
      this.#changes.push(nowUs + attempt.work, attempt);
    } else {
      this.#replicas[attempt.replica.index]!.inSystem -= 1;
      this.#gateway.onEnd(attempt, anyUsage, nowUs);
    }
  }

  #scrape(index: number, nowUs: number): void {
    const { inSystem } = this.#replicas[index]!;
    const running = Math.min(slots, inSystem);
    const waiting = inSystem - running;
    this.#gateway.signals.onAsked(index);
    const sample = { running, waiting, kvUsage: Number.NaN, sampledAtUs: nowUs };
    this.#gateway.signals.onReported(index, sample, nowUs);
    this.#nextScrapeUs[index]! += this.#options.scrapeS * 1e6;
  }
}
