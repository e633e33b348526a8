import {
  type Agreement,
  type AgreementMetric,
  agreementMetricNames,
  agreementMetrics,
  type Disagreement,
  type StrategyAgreement,
} from '../reports/agreement.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { BothWorlds } from './agreement.ts';
import { valuesOf } from './agreement-values.ts';
import { isDecided, meanWithInterval, pairedChange } from './statistics/paired.ts';

/**
 * Whether both worlds put strategies in the same order. Only pairs count that the simulation tells
 * apart, and the measurements too: of the others a world says nothing, and cannot be wrong.
 */
export function rankingAgreement(
  all: readonly BothWorlds[],
  judged: readonly StrategyAgreement[],
): Agreement['ranking'] {
  const ranking = { decided: 0, agreeing: 0, undecided: 0, disagreements: [] as Disagreement[] };
  for (const metric of agreementMetricNames) {
    const ranked = all.filter((_, index) => takesPart(metric, judged[index]!));
    for (const [index, a] of ranked.entries()) {
      for (const b of ranked.slice(index + 1)) {
        const simulated = order(metric, a.simulated, b.simulated);
        const measured = order(metric, a.measured, b.measured);
        if (simulated === 0 || measured === 0) {
          ranking.undecided += 1;
          continue;
        }
        ranking.decided += 1;
        if (simulated === measured) {
          ranking.agreeing += 1;
          continue;
        }
        const [lessSimulated, lessMeasured] = simulated < 0 ? [a.name, b.name] : [b.name, a.name];
        ranking.disagreements.push({ metric, lessSimulated, lessMeasured });
      }
    }
  }
  return ranking;
}

function takesPart(metric: AgreementMetric, { figures, saturated }: StrategyAgreement): boolean {
  const { measured, simulated } = figures[metric];
  if (saturated && agreementMetrics[metric].family !== 'rate') return false;
  return simulated !== null && measured !== null;
}

/**
 * −1 where A has less, 1 where B has, 0 where nobody can tell. Both have had the same seeds, so
 * what a seed does to both of them is no doubt about their order.
 */
function order(metric: AgreementMetric, a: readonly RunSummary[], b: readonly RunSummary[]) {
  const [valuesA, valuesB] = [valuesOf(metric, a)!, valuesOf(metric, b)!];
  if (valuesA.length !== valuesB.length) return unpairedOrder(valuesA, valuesB);
  const change = pairedChange(valuesA, valuesB, 'higher');
  return isDecided(change) ? -Math.sign(change.estimate) : 0;
}

/** By whether their intervals overlap. */
function unpairedOrder(a: readonly number[], b: readonly number[]): number {
  const [inA, inB] = [meanWithInterval(a).interval, meanWithInterval(b).interval];
  if (inA === null || inB === null) return 0;
  if (inA.high < inB.low) return -1;
  return inB.high < inA.low ? 1 : 0;
}
