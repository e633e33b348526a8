import { formatMetric, formatNumber } from './format.ts';
import { metricNames, metrics } from './metrics.ts';
import type { StrategySummary } from './summary.ts';
import type { TextStyle } from './terminal-table.ts';

/** One strategy in full: every metric, every objective, every replica. */
export function metricReport(strategy: StrategySummary, { bold, grey }: TextStyle): string {
  const { name, outcomes, replicas, thresholds } = strategy;
  const metricLines = metricNames.flatMap((metric) => {
    const { mean } = strategy.metrics[metric];
    if (mean === null) return [];
    const { label, unit } = metrics[metric];
    return [`  ${label.padEnd(16)}${formatMetric(metric, mean).padStart(10)} ${grey(unit)}`];
  });
  const thresholdLines = thresholds.map(
    ({ text, holds }) => `  ${holds ? 'kept  ' : bold('missed')}  ${text}`,
  );
  const tenantLines = (strategy.tenants ?? []).map(({ attainmentShare, requests, tenant }) => {
    const share = attainmentShare === null ? '–' : formatMetric('attainmentShare', attainmentShare);
    return `  ${tenant.padEnd(16)}${formatNumber(requests).padStart(10)} requests${share.padStart(7)} % within their own SLO`;
  });
  const { counted, ...byOutcome } = outcomes;
  const told = Object.entries(byOutcome).map(([outcome, requests]) => `${requests} ${outcome}`);
  const tokens = replicas.reduce((sum, replica) => sum + replica.tokens, 0);
  // Nobody tells how busy live replicas are.
  const isBusyKnown = replicas.some(({ busy }) => busy > 0);
  const replicaLines = replicas.map(({ replica, requests, tokens: own, busy, on }) => {
    const share = tokens > 0 ? ((own / tokens) * 100).toFixed(1) : '0.0';
    return `  ${replica.padEnd(16)}${formatNumber(requests).padStart(10)} requests${share.padStart(7)} % of the tokens${isBusyKnown ? `${formatNumber(busy).padStart(9)} s busy` : ''}${on === undefined ? '' : `${formatNumber(on).padStart(9)} s on`}`;
  });
  const onS = replicas.reduce((sum, { on = 0 }) => sum + on, 0);
  const machines = `  ${formatNumber(onS / 3_600)} machine hours within the window`;
  return [
    bold(`  ${name}`),
    `  ${counted} requests counted: ${told.join(', ')}`,
    '',
    ...metricLines,
    ...(thresholdLines.length > 0 ? ['', ...thresholdLines] : []),
    ...(tenantLines.length > 0 ? ['', ...tenantLines] : []),
    '',
    ...replicaLines,
    ...(onS > 0 ? ['', machines] : []),
  ].join('\n');
}
