import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { FirstTokenTimes } from './shared/first-token-times.ts';
import { LatencyByLoad } from './shared/latency-by-load.ts';
import { ProbePool } from './shared/probe-pool.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  hotQuantile: z
    .number()
    .min(0)
    .max(1)
    .default(0.84)
    .meta({ examples: [0.84] })
    .describe('A replica is hot above this quantile of the loads found of late.'),
  poolSize: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(16)
    .meta({ examples: [16] })
    .describe('Most replicas of which an answer is kept.'),
  probesPerRequest: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(3)
    .meta({ examples: [3] })
    .describe('Replicas drawn by chance and looked at for each request.'),
  keepS: z
    .number()
    .positive()
    .max(86_400)
    .default(1)
    .meta({ examples: [1] })
    .describe('For how many seconds an answer is used.'),
  ...reportOptions,
};

type Options = z.output<z.ZodObject<typeof options>>;

/**
 * Wydrowski, Kleinberg, Rumble and Archer, "Load is not what you should balance: Introducing
 * Prequal" (2024). What differs from it: nothing is sent to probe a replica. A probe is answered at
 * once, by the last report of the replica with what was sent since, and the latency is the median
 * time to first token this gateway has seen there at about that load, where a server would answer
 * of all its clients. A new answer replaces the one kept of the same replica. As there, answers are
 * used a few times, age, and for each request one is taken out: the oldest and the worst in turn.
 * There is always an answer, that of the replica just drawn, so none is chosen blindly.
 */
class Prequal implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #reports: Reports;
  readonly #times = new FirstTokenTimes();
  readonly #latencies = new LatencyByLoad();
  readonly #pool: ProbePool;
  readonly #drawn: Int32Array;
  readonly #costs = new Costs();
  #removesOldest = true;

  constructor(given: Options, { random }: StrategyContext) {
    const { hotQuantile, keepS, probesPerRequest } = given;
    this.#options = given;
    this.#draws = new Draws(random);
    this.#reports = new Reports(given);
    this.#pool = new ProbePool({ hotQuantile, keepUs: keepS * US_PER_S });
    this.#drawn = new Int32Array(probesPerRequest);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const pool = this.#pool;
    this.#probe(candidates, nowUs);
    let kept = pool.expire(candidates, nowUs);
    for (; kept > this.#options.poolSize; kept--) pool.removeOldest(candidates);
    pool.writeCosts(this.#costs.of(candidates), candidates);
    const chosen = this.#costs.least(candidates, this.#draws);
    pool.use(chosen);
    if (this.#removesOldest) pool.removeOldest(candidates);
    else pool.removeWorst(candidates);
    this.#removesOldest = !this.#removesOldest;
    return chosen;
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const { answer } = this.#pool;
    this.#reports.writeLoad(answer, 0, replica, nowUs);
    this.#times.sent(request, replica, nowUs, answer[0]!);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const ttftUs = this.#times.done(request, replica, nowUs);
    if (!Number.isNaN(ttftUs)) this.#latencies.add(replica.index, ttftUs, this.#times.note);
  }

  onEnded(request: RequestView, replica: ReplicaView, _end: AttemptEnd, nowUs: number): void {
    this.#times.done(request, replica, nowUs);
  }

  onJoined(replica: ReplicaView): void {
    this.#latencies.clear(replica.index);
    this.#pool.remove(replica);
  }

  onLeft(replica: ReplicaView): void {
    this.#pool.remove(replica);
  }

  /** Looks at some replicas, each another one (Floyd's way of drawing without a list). */
  #probe(candidates: readonly ReplicaView[], nowUs: number): void {
    const count = candidates.length;
    const probes = Math.min(count, this.#drawn.length);
    for (let i = 0; i < probes; i++) {
      const last = count - probes + i;
      const any = this.#draws.below(last + 1);
      const drawn = this.#isDrawn(any, i) ? last : any;
      this.#drawn[i] = drawn;
      const replica = candidates[drawn]!;
      const { answer } = this.#pool;
      this.#reports.writeLoad(answer, 0, replica, nowUs);
      this.#latencies.writeEstimateUs(answer, 0, replica.index);
      this.#writeUses(answer, 2, count);
      this.#pool.put(replica, nowUs);
    }
  }

  #isDrawn(candidate: number, before: number): boolean {
    for (let i = 0; i < before; i++) if (this.#drawn[i] === candidate) return true;
    return false;
  }

  /** How often an answer may be used, so that the pool does not run dry; by the formula there. */
  #writeUses(values: Float64Array, at: number, count: number): void {
    const { poolSize, probesPerRequest } = this.#options;
    const gained = (1 - poolSize / count) * probesPerRequest - 1;
    const uses = gained > 0 ? Math.max(1, 2 / gained) : Number.POSITIVE_INFINITY;
    values[at] = Math.floor(uses);
    // By chance the next number, so often that the mean is right.
    if (this.#draws.below(1_000) < 1_000 * (uses - values[at]!)) values[at]! += 1;
  }
}

export default defineStrategy({
  name: 'prequal',
  family: 'latency',
  summary:
    'Of a few replicas looked at lately the least slow that is not hot, else the least loaded (Google Prequal, with reports in place of probes).',
  needs: ['signals'],
  options,
  create: (given, context) => new Prequal(given, context),
});
