import type { Plan, PlanSpot, PlanVerdict } from '../../reports/plan.ts';
import { planVersion } from '../../reports/plan.ts';
import type { StrategyChoice } from '../../scenarios/scenario.ts';
import type { Executor } from '../executor.ts';
import { runId } from '../run-id.ts';
import { judgeAutoscaling } from './autoscaling.ts';
import { candidateCount, nextCheaper } from './candidates.ts';
import { costsOf, describeQuestion, judgedFleet, planFleet, planUniform } from './describe.ts';
import { explain } from './explain.ts';
import {
  byCost,
  type Card,
  changedBy,
  type Fleet,
  fleetKey,
  fleetText,
  usdPerHourOf,
} from './fleet.ts';
import { FleetJudge, type JudgeOptions, Stopped } from './judge-fleet.ts';
import type { Losses } from './losses.ts';
import type { PlanQuestion } from './question.ts';
import { type Racer, race, raceWinner } from './race.ts';
import { nearestFleets, runnersUp } from './runners-up.ts';
import type { Found } from './search.ts';
import { hardestOf, type Situation } from './situations.ts';
import { moreOnSpot, type SpotWorthOptions, searchBoth, spotWorth } from './spot-worth.ts';
import { answerWhatIf, type Change, headroomOf, whatIfSeeds, whatIfsOf } from './what-if.ts';

export interface RunPlanOptions {
  readonly question: PlanQuestion;
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PlanProgress) => void) | undefined;
}

export interface PlanProgress {
  readonly phase: string;
  /** Asked for so far, those that were known included. */
  readonly runs: number;
  /** The cheapest fleet that keeps the SLO, so far. */
  readonly best?: string | undefined;
}

/** Everything but how and when it was run, which the caller knows. */
export type PlanResult = Omit<Plan, 'meta'> & { readonly meta: Omit<Plan['meta'], 'run'> };

/** Ended by Ctrl-C: what was the cheapest fleet until then, if there was one. */
export interface StoppedPlan {
  readonly kind: 'stopped';
  readonly best: string | undefined;
}

/** Finds the cheapest fleet that keeps the SLO, and what somebody has to know who rents it. */
export async function plan(options: RunPlanOptions): Promise<PlanResult | StoppedPlan> {
  const planner = new Planner(options);
  try {
    return await planner.plan();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return { kind: 'stopped', best: planner.best };
  }
}

class Planner {
  best: string | undefined;
  readonly #options: RunPlanOptions;
  readonly #question: PlanQuestion;
  readonly #judges = new Map<string, FleetJudge>();
  #phase = 'searching';
  #runs = 0;

  constructor(options: RunPlanOptions) {
    this.#options = options;
    this.#question = options.question;
  }

  async plan(): Promise<PlanResult> {
    const question = this.#question;
    const judge = this.#judgeFor(question.strategy);
    const onBest = (fleet: Fleet) => this.#tell(fleet);
    const { found, onDemand } = await searchBoth({ ...question, judge, onBest });
    if (found.best === undefined) {
      const nearest = await nearestFleets({ ...question, judge, uniform: found.uniform });
      return this.#result({ uniform: found.uniform, runnersUp: nearest, winner: null });
    }
    this.#phase = 'racing the strategies';
    const racers = await this.#race(found.best);
    const { fleet, strategy } = await this.#confirmed(racers, found.best);
    this.#tell(fleet);
    this.#phase = 'judging what is cheaper, and what comes next';
    const judgeOfWinner = this.#judgeFor(strategy);
    const verdict = await judgeOfWinner.judge(fleet);
    const cheaper = await this.#cheaperThan(fleet, judgeOfWinner, found.mixable);
    const others = await runnersUp({ ...question, judge, fleet, uniform: found.uniform });
    this.#phase = 'asking what if';
    const asked = { ...question, fleet, maxReplicas: question.limits.maxReplicas };
    const judgeUnder = (change: Change) => this.#judgeUnder(change, strategy);
    const spot = onDemand && (await this.#spotWorth({ fleet, strategy }, onDemand));
    const autoscaling = await this.#autoscaling(fleet, strategy);
    const headroom = await headroomOf({ ...asked, judgeUnder });
    const whatIfs = await this.#whatIfs(fleet, judgeUnder);
    const situation = question.situations.at(-1)!;
    const runs = judgeOfWinner.runsOf(fleet, situation);
    const costs = costsOf(fleet, runs, situation.scenario);
    return this.#result({
      uniform: others.uniform,
      runnersUp: others.fleets,
      winner: { ...judgedFleet({ fleet, verdict }), strategy: strategy.name, costs, headroom },
      cheaper,
      ...(spot === undefined ? {} : { spot }),
      ...(autoscaling === undefined ? {} : { autoscaling }),
      strategies: racers.map((racer) => withCost(racer, fleet)),
      whatIfs,
    });
  }

  #judgeFor(strategy: StrategyChoice, situations = this.#question.situations): FleetJudge {
    const { seeds } = this.#question;
    const key = runId({ strategy, kinds: situations.map(({ kind }) => kind) });
    return this.#judge(key, { strategy, seeds, situations });
  }

  /** The race is run in the hardest situation; who wins it by cost has to pass the others too. */
  async #confirmed(racers: readonly Racer[], best: Fleet) {
    const first = { fleet: best, strategy: this.#question.strategy };
    const { fleet, strategy } = raceWinner(racers, first);
    const { kind } = await this.#judgeFor(strategy).judge(fleet);
    return kind === 'keeps' ? { fleet, strategy } : first;
  }

  #judgeUnder(change: Change, strategy: StrategyChoice): FleetJudge {
    const seeds = whatIfSeeds(this.#question.seeds);
    // What passes the hardest situation passes the others as well, but for chance.
    const situations = hardestOf(this.#question.situations).map(change);
    const worlds = situations.map(({ engine, kind, scenario }) => ({ engine, kind, scenario }));
    return this.#judge(runId({ strategy, worlds }), { strategy, seeds, situations });
  }

  #judge(
    key: string,
    own: Pick<JudgeOptions, 'seeds' | 'situations' | 'strategy'> & Partial<Losses>,
  ): FleetJudge {
    const { executor, signal } = this.#options;
    const { mostMissed, reclaim, survive } = this.#question;
    const onRuns = (runs: number) => {
      this.#runs += runs;
      this.#tell();
    };
    const judge =
      this.#judges.get(key) ??
      new FleetJudge({ mostMissed, reclaim, survive, ...own, executor, signal, onRuns });
    this.#judges.set(key, judge);
    return judge;
  }

  #race(fleet: Fleet): Promise<Racer[]> {
    const { limits, strategies, strategy } = this.#question;
    const judgeFor = (one: StrategyChoice) => this.#hardestJudgeFor(one);
    return race({ fleet, searchedWith: strategy, strategies, ...limits, judgeFor });
  }

  #hardestJudgeFor(strategy: StrategyChoice): FleetJudge {
    return this.#judgeFor(strategy, hardestOf(this.#question.situations));
  }

  #spotWorth(winner: SpotWorthOptions['winner'], onDemand: Found): Promise<PlanSpot> {
    const { limits, strategy: searchedWith } = this.#question;
    const judge = this.#judgeFor(winner.strategy);
    const hardestJudgeFor = (one: StrategyChoice) => this.#hardestJudgeFor(one);
    return spotWorth({ ...limits, winner, onDemand, searchedWith, judge, hardestJudgeFor });
  }

  async #autoscaling(fleet: Fleet, strategy: StrategyChoice) {
    const { mostMissed, scaling, scenario, seeds, survive } = this.#question;
    if (scaling === undefined) return undefined;
    this.#phase = 'switching replicas off and on';
    const judgeIn = (situation: Situation) => {
      const { autoscale } = situation.scenario.gateway;
      return this.#judge(runId({ strategy, autoscale }), {
        // What may be lost is not among what is judged.
        ...{ strategy, seeds, situations: [situation], survive: 0, reclaim: undefined },
      });
    };
    return await judgeAutoscaling({ fleet, mostMissed, survive, scaling, scenario, judgeIn });
  }

  /** The next one by its cost, the same with one replica less of each kind, and with more spot. */
  async #cheaperThan(fleet: Fleet, judge: FleetJudge, mixable: readonly Card[]) {
    const { cards, limits } = this.#question;
    const next = nextCheaper({ cards, limits, mixable }, fleet);
    const less = fleet.parts.map(({ card }) => changedBy(fleet, card, -1));
    const all = [next, ...less, ...moreOnSpot({ cards, fleet })].flatMap((one) => one ?? []);
    const distinct = [...new Map(all.map((one) => [fleetKey(one), one])).values()];
    const judged: { fleet: Fleet; verdict: PlanVerdict }[] = [];
    for (const one of distinct) judged.push({ fleet: one, verdict: await judge.judge(one) });
    return judged.sort((a, b) => byCost(b.fleet, a.fleet)).map(judgedFleet);
  }

  async #whatIfs(fleet: Fleet, judgeUnder: (change: Change) => FleetJudge) {
    const { limits, scenario } = this.#question;
    const answers: Plan['whatIfs'] = [];
    for (const whatIf of whatIfsOf(scenario)) {
      const asked = { fleet, scenario, maxReplicas: limits.maxReplicas, judgeUnder };
      const answer = await answerWhatIf(whatIf, asked);
      answers.push({ what: answer.what, holds: answer.holds, ...costAgainst(answer.fleet, fleet) });
    }
    return answers;
  }

  #tell(best?: Fleet): void {
    if (best !== undefined) this.best = `${fleetText(best)} for $${usdPerHourOf(best)} an hour`;
    this.#options.onProgress?.({ phase: this.#phase, runs: this.#runs, best: this.best });
  }

  #result(
    told: Pick<Plan, 'runnersUp' | 'winner'> &
      Partial<Pick<Plan, 'autoscaling' | 'cheaper' | 'spot' | 'strategies' | 'whatIfs'>> & {
        readonly uniform: Parameters<typeof planUniform>[1];
      },
  ): PlanResult {
    const { cards, limits, notes, seeds, version } = this.#question;
    const { cheaper = [], strategies = [], uniform, whatIfs = [], ...rest } = told;
    const question = describeQuestion(this.#question);
    const facts = { ...rest, cheaper, strategies, whatIfs, question };
    const judged = [...this.#judges.values()].reduce((sum, one) => sum + one.judged.length, 0);
    return {
      schemaVersion: planVersion,
      kind: 'plan',
      answer: explain({ ...facts, seeds: seeds.length }),
      ...facts,
      uniform: planUniform(this.#question, uniform),
      notes: [...notes],
      searched: {
        candidates: candidateCount({ cards, limits, mixable: oneOfEach(cards) }),
        judged,
        runs: this.#runs,
      },
      meta: { runId: this.#id(), version, seeds: [...seeds] },
    };
  }

  #id(): string {
    const { cards, limits, reclaim, scaling, scenario, seeds, strategies, survive, version } =
      this.#question;
    const told = { cards, limits, scenario, seeds, strategies, survive, version };
    const spot = reclaim === undefined ? {} : { reclaimShare: reclaim.share };
    const scaled = scaling === undefined ? {} : { scaling };
    return runId({ ...told, ...spot, ...scaled, kind: 'plan' });
  }
}

/** As many as are mixed; which of them is not asked here. */
function oneOfEach(cards: readonly Card[]): Card[] {
  const rented = ({ gpu, spotOf }: Card) => (spotOf === undefined ? gpu : `${gpu} spot`);
  return [...new Map(cards.map((card) => [rented(card), card])).values()];
}

function withCost({ fleet, strategy }: Racer, winner: Fleet): Plan['strategies'][number] {
  return { name: strategy.name, ...costAgainst(fleet, winner) };
}

function costAgainst(fleet: Fleet | undefined, winner: Fleet) {
  if (fleet === undefined) return { fleet: null, costShare: null };
  const costShare = usdPerHourOf(fleet) / usdPerHourOf(winner) - 1;
  return { fleet: planFleet(fleet), costShare: Math.round(costShare * 1e4) / 1e4 };
}
