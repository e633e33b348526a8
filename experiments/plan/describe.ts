import { mean } from 'simple-statistics';
import { measuredWindow } from '../../core/measured-window.ts';
import { US_PER_S } from '../../core/time.ts';
import type { JudgedFleet, Plan, PlanFleet, PlanUniform, PlanVerdict } from '../../reports/plan.ts';
import { round } from '../../reports/round.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { usdPerMillionTokens } from '../fleets/token-price.ts';
import { objectivesOf } from './checks.ts';
import {
  cardText,
  type Fleet,
  fleetText,
  replicasOf,
  uniformFleet,
  usdPerHourOf,
} from './fleet.ts';
import type { PlanQuestion } from './question.ts';
import type { UniformSearch } from './search.ts';
import { type Situation, totalRps } from './situations.ts';

/** Of a fleet what a report needs, as plain data. */
export function planFleet(fleet: Fleet): PlanFleet {
  return {
    text: fleetText(fleet),
    groups: fleet.parts.map(({ card, replicas }) => ({
      gpu: card.gpu,
      ...(card.spotOf === undefined ? {} : { market: 'spot' as const }),
      tensorParallelSize: card.tensorParallelSize,
      gpusPerReplica: card.gpusPerReplica,
      replicas,
      usdPerHour: round(card.usdPerHour * replicas),
    })),
    replicas: replicasOf(fleet),
    usdPerHour: usdPerHourOf(fleet),
  };
}

export function judgedFleet({
  fleet,
  verdict,
}: {
  readonly fleet: Fleet;
  readonly verdict: PlanVerdict;
}): JudgedFleet {
  return { fleet: planFleet(fleet), verdict };
}

const hoursPerMonth = 730;

type Costs = NonNullable<Plan['winner']>['costs'];

/** What its tokens cost, from runs of a situation of that length. */
export function costsOf(
  fleet: Fleet,
  runs: readonly RunSummary[],
  { durationUs }: { readonly durationUs: number },
): Costs {
  const usdPerHour = usdPerHourOf(fleet);
  const output = mean(runs.map(({ metrics }) => metrics.outputTokensPerS ?? 0));
  const all = mean(
    runs.map(({ replicas }) => {
      const tokens = replicas.reduce((sum, replica) => sum + replica.tokens, 0);
      return (tokens * US_PER_S) / durationUs;
    }),
  );
  return {
    usdPerHour,
    usdPerMonth: round(usdPerHour * hoursPerMonth),
    usdPerMillionOutputTokens: usdPerMillionTokens(usdPerHour, output),
    usdPerMillionTokens: usdPerMillionTokens(usdPerHour, all),
  };
}

/** Of every card what is known of fleets of it alone; of some that is only their capacity. */
export function planUniform(
  question: PlanQuestion,
  searched: ReadonlyMap<string, UniformSearch>,
): PlanUniform[] {
  return question.cards.map((card) => {
    const { keeps, tried = new Map() } = searched.get(card.group) ?? {};
    const points = [...tried].sort(([a], [b]) => a - b);
    return {
      card: cardText(card),
      usdPerHourEach: card.usdPerHour,
      tried: points.map(([replicas, kind]) => ({
        replicas,
        usdPerHour: usdPerHourOf(uniformFleet(card, replicas)),
        kind,
      })),
      needs:
        keeps === undefined
          ? needsAtLeast(question, card.group)
          : { kind: 'keeps', fleet: planFleet(uniformFleet(card, keeps)) },
    };
  });
}

function needsAtLeast({ cards, limits, needs }: PlanQuestion, group: string): PlanUniform['needs'] {
  const card = cards.find((one) => one.group === group)!;
  const replicas = Math.max(limits.minReplicas, Math.ceil(needs.get(group) ?? 0));
  if (replicas > limits.maxReplicas) {
    const reason = `its bare capacity alone asks for ${replicas}, and ${limits.maxReplicas} are allowed`;
    return { kind: 'none', reason };
  }
  return { kind: 'at-least', replicas, usdPerHour: usdPerHourOf(uniformFleet(card, replicas)) };
}

export function describeQuestion(question: PlanQuestion): Plan['question'] {
  const { leftOut, limits, prices, reclaim, scenario, situations, strategy, survive } = question;
  return {
    name: scenario.name,
    summary: scenario.summary,
    model: scenario.model,
    slo: objectiveTexts(situations),
    strategy: strategy.name,
    survive,
    ...(reclaim === undefined ? {} : { reclaimShare: reclaim.share }),
    maxReplicas: limits.maxReplicas,
    maxKinds: limits.maxKinds,
    situations: situations.map(({ about, kind, scenario: world }) => {
      const rps = totalRps(world.traffic, measuredWindow(world));
      const { durationUs, warmupUs } = world;
      return { kind, about, requestsPerS: rps > 0 ? round(rps) : null, warmupUs, durationUs };
    }),
    prices: [...prices],
    leftOut: leftOut.map((one) => ({ ...one })),
  };
}

function objectiveTexts([first]: readonly Situation[]): string[] {
  return objectivesOf(first!.scenario).map(({ text }) => text);
}
