import type { Agreement } from './agreement.ts';
import { undecidedText } from './agreement-table.ts';
import { agreementRows, disagreementText, verdictText } from './agreement-text.ts';

/** The same for a README or a pull request. */
export function agreementMarkdown(agreement: Agreement): string {
  const rows = agreementRows(agreement).map((row) => {
    const error = row.ok === false ? `**${row.error}**` : row.error;
    return [
      row.strategy,
      row.metric,
      row.simulated,
      row.measured,
      error,
      row.limit,
      verdictText(row),
    ];
  });
  const lines = [
    ['strategy', 'figure', 'simulated', 'measured', 'error', 'limit', ''],
    ['---', '---', '---:', '---:', '---:', '---:', '---'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const changed = agreement.ranking.disagreements.map((one) => `- ${disagreementText(one)}`);
  return [
    `**${agreement.sentence}**`,
    '',
    ...lines,
    ...(changed.length > 0 ? ['', ...changed] : []),
    '',
    undecidedText(agreement),
    '',
  ].join('\n');
}
