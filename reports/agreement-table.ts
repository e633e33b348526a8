import Table from 'cli-table3';
import type { Agreement } from './agreement.ts';
import { agreementRows, disagreementText } from './agreement-text.ts';
import { borderless, type TextStyle } from './terminal-table.ts';

/** Figure by figure what was predicted and what came; each strategy once, misses in bold. */
export function agreementTable(agreement: Agreement, style: TextStyle): string {
  const table = new Table({
    head: ['simulated against measured', '', 'simulated', 'measured', 'error', 'limit', ''],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
    chars: borderless,
  });
  let above = '';
  for (const { error, limit, measured, metric, ok, simulated, strategy } of agreementRows(
    agreement,
  )) {
    const name = strategy === above ? '' : strategy;
    above = strategy;
    const missed = ok === false;
    table.push([
      name,
      metric,
      simulated,
      measured,
      missed ? style.bold(error) : error,
      style.grey(limit),
      missed ? '!' : ok === null ? style.grey('not judged') : '',
    ]);
  }
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const changed = agreement.ranking.disagreements.map((one) => `  ! ${disagreementText(one)}`);
  const undecided = style.grey(`  ${undecidedText(agreement)}`);
  return [...lines, '', `  ${agreement.sentence}`, ...changed, undecided].join('\n');
}

/** How much the order was not asked. */
export function undecidedText({ ranking }: Agreement): string {
  return `Pairs that the intervals of one world or both do not tell apart: ${ranking.undecided}.`;
}
