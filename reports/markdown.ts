import { agreementMarkdown } from './agreement-markdown.ts';
import { costCells, costHeads, fleetLines } from './cost-cells.ts';
import { countOf, formatMetric } from './format.ts';
import { loadLines } from './load-text.ts';
import { metrics, shownMetrics } from './metrics.ts';
import { byRank, sloColumn } from './scoreboard.ts';
import type { Comparison } from './summary.ts';

/** The verdict and the scoreboard, for a README or a pull request. */
export function markdownReport(comparison: Comparison): string {
  const costs = costHeads(comparison);
  const shown = shownMetrics(comparison.verdict);
  const head = shown.map((name) => `${metrics[name].label} (${metrics[name].unit})`);
  const rows = byRank(comparison).map((strategy) => {
    const cells = shown.map((name) => {
      const { mean, standing } = strategy.metrics[name];
      if (mean === null) return '–';
      const figure = formatMetric(name, mean);
      if (standing === 'best') return `**${figure}**`;
      return standing === 'tied' ? `*${figure}*` : figure;
    });
    return [strategy.name, ...cells, ...costCells(strategy), sloColumn(strategy)];
  });
  const lines = [
    ['strategy', ...head, ...costs, 'SLO'],
    ['---', ...[...head, ...costs].map(() => '---:'), '---'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const { agreement, scenario, meta, verdict, warnings } = comparison;
  return [
    `**${verdict.sentence}**`,
    '',
    ...lines,
    '',
    `${[scenario.name, ...loadLines(comparison)].join(', ')}, ${countOf(meta.seeds.length, 'paired seed')}, SLO: ${scenario.slo.map(({ text }) => text).join(', ') || 'none'}. Bold is best, italics are statistically tied with it. Run ${meta.runId}, Fairlead ${meta.version}.`,
    ...fleetLines(comparison).map((line) => `\n${line}`),
    ...warnings.map((warning) => `\n> ${warning}`),
    ...(agreement === undefined ? [] : ['', agreementMarkdown(agreement).trimEnd()]),
    '',
  ].join('\n');
}
