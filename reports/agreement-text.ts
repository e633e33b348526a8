import {
  type Agreement,
  type AgreementFigure,
  agreementMetricNames,
  agreementMetrics,
  type Disagreement,
  type Estimate,
  type StrategyAgreement,
} from './agreement.ts';
import { countOf, formatNumber } from './format.ts';

/** The answer in one or two sentences: how many figures came true, and whether the order did. */
export function agreementSentence(of: Omit<Agreement, 'sentence'>): string {
  const { figures, ranking } = of;
  const behind = of.strategies.map(fellBehindText).join('');
  if (figures.judged === 0) return `No figure of the simulation could be judged.${behind}`;
  const within = `${figures.within} of ${countOf(figures.judged, 'figure')} within the limits`;
  const worst = worstFigure(of);
  const furthest = worst === undefined ? '' : `, furthest off ${worst}`;
  const order =
    ranking.decided === 0
      ? 'Their order is not tested: no pair of strategies is told apart by both worlds.'
      : `${ranking.agreeing} of ${countOf(ranking.decided, 'decided pair')} in the same order.`;
  return `Simulated against measured: ${within}${furthest}. ${order}${behind}`;
}

function fellBehindText({ fellBehindOnly, name }: StrategyAgreement): string {
  if (fellBehindOnly === null) return '';
  const other = fellBehindOnly === 'simulated' ? 'measured' : 'simulated';
  return ` ${name} fell behind the traffic only when ${fellBehindOnly}, and kept up when ${other}.`;
}

/** By how many times its limit. */
function worstFigure({ strategies }: Pick<Agreement, 'strategies'>): string | undefined {
  const judged = strategies.flatMap(({ figures, name }) =>
    agreementMetricNames.flatMap((metric) => {
      const { error, limit, ok } = figures[metric];
      if (ok === null || error === null || error === 0) return [];
      return [{ name, metric, error, times: Math.abs(error) / limit }];
    }),
  );
  const [worst] = judged.sort((a, b) => b.times - a.times);
  if (worst === undefined) return undefined;
  return `${agreementMetrics[worst.metric].label} of ${worst.name}: ${errorText(worst.error)}`;
}

/** One line for every strategy and figure, as cells; figures that no world reached are left out. */
export interface AgreementRow {
  readonly strategy: string;
  readonly metric: string;
  readonly simulated: string;
  readonly measured: string;
  readonly error: string;
  readonly limit: string;
  readonly ok: boolean | null;
}

export function agreementRows({ strategies }: Pick<Agreement, 'strategies'>): AgreementRow[] {
  return strategies.flatMap((one) =>
    agreementMetricNames.flatMap((name) => {
      const { label, unit } = agreementMetrics[name];
      const figure = one.figures[name];
      if (figure.simulated === null && figure.measured === null) return [];
      const as = one.simulatedAs === one.name ? '' : ` (simulated: ${one.simulatedAs})`;
      return [
        {
          strategy: `${one.name}${as}`,
          metric: `${label} (${unit})`,
          simulated: estimateText(figure.simulated),
          measured: estimateText(figure.measured),
          error: figure.error === null ? '–' : errorText(figure.error),
          limit: `±${Math.round(figure.limit * 100)} %`,
          ok: figure.ok,
        },
      ];
    }),
  );
}

export function verdictText({ ok }: Pick<AgreementFigure, 'ok'>): string {
  if (ok === null) return 'not judged';
  return ok ? 'kept' : 'missed';
}

/** "TTFT p99: random is below round-robin when simulated, above it when measured". */
export function disagreementText({ lessMeasured, lessSimulated, metric }: Disagreement): string {
  const { label } = agreementMetrics[metric];
  return `${label}: ${lessSimulated} is below ${lessMeasured} when simulated, and above it when measured.`;
}

function estimateText(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { interval, mean } = estimate;
  if (interval === null) return formatNumber(mean);
  return `${formatNumber(mean)} [${formatNumber(interval.low)}, ${formatNumber(interval.high)}]`;
}

function errorText(error: number): string {
  const text = Math.abs(error * 100).toFixed(1);
  const sign = Number(text) === 0 ? '' : error < 0 ? '−' : '+';
  return `${sign}${text} %`;
}
