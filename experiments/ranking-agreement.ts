import {
  type Agreement,
  type AgreementMetric,
  agreementMetricNames,
  agreementMetrics,
  type Disagreement,
  type Estimate,
  type StrategyAgreement,
} from '../reports/agreement.ts';

/**
 * Whether both worlds put strategies in the same order. Only pairs count whose intervals do not
 * overlap in the simulation, and do not overlap when measured: of the others a world says nothing,
 * and cannot be wrong.
 */
export function rankingAgreement(strategies: readonly StrategyAgreement[]): Agreement['ranking'] {
  const ranking = { decided: 0, agreeing: 0, undecided: 0, disagreements: [] as Disagreement[] };
  for (const metric of agreementMetricNames) {
    const ranked = strategies.filter((one) => takesPart(metric, one));
    for (const [index, a] of ranked.entries()) {
      for (const b of ranked.slice(index + 1)) {
        const [inA, inB] = [a.figures[metric], b.figures[metric]];
        const simulated = order(inA.simulated!, inB.simulated!);
        const measured = order(inA.measured!, inB.measured!);
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

/** −1 or 1 where all of one interval lies below the other, 0 where they overlap or are missing. */
function order(a: Estimate, b: Estimate): number {
  if (a.interval === null || b.interval === null) return 0;
  if (a.interval.high < b.interval.low) return -1;
  return b.interval.high < a.interval.low ? 1 : 0;
}
