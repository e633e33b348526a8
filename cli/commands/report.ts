import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { agreementTable } from '../../reports/agreement-table.ts';
import { ladderMarkdown } from '../../reports/ladder-table.ts';
import { markdownReport } from '../../reports/markdown.ts';
import type { Comparison } from '../../reports/summary.ts';
import { terminalTable } from '../../reports/terminal-table.ts';
import { ladderText } from '../ladder-text.ts';
import { printAsAsked } from '../print-as-asked.ts';
import { readRecords, recordFormats, writeRecords } from '../records-file.ts';
import { readRun, writeRun } from '../run-folder.ts';
import { textStyle } from '../text-style.ts';
import { reportMergeCommand } from './report-merge.ts';

export const reportCommand = new Command('report')
  .summary('show, render again or export the results of a run')
  .description('Shows the results in a folder under runs/, and renders or exports them again.')
  .argument('<run>', 'folder of a run, or its summary.json')
  .option('--html <folder>', 'write summary.json and report.html there')
  .option('--markdown', 'print Markdown')
  .option('--json', 'print one JSON document and nothing else')
  .addOption(
    new Option('--records <format>', 'convert the request records of the run').choices(
      recordFormats,
    ),
  )
  .addCommand(reportMergeCommand)
  .action(async (run, options) => {
    const result = readRun(run);
    if (options.records !== undefined) {
      const base = join(run.replace(/summary\.json$/, ''), 'records');
      const path = await writeRecords(base, await readRecords(base), options.records);
      process.stderr.write(`Wrote ${path}\n`);
    }
    if (options.html !== undefined) {
      process.stderr.write(`Wrote ${await writeRun(options.html, result)}\n`);
    }
    if (result.kind === 'ladder') {
      return printAsAsked(result, options, {
        markdown: () => ladderMarkdown(result),
        text: () => ladderText(result),
      });
    }
    printAsAsked(result, options, {
      markdown: () => markdownReport(result),
      text: () => comparisonText(result),
    });
  });

function comparisonText(comparison: Comparison): string {
  const style = textStyle(process.stdout);
  const sentence = style.bold(comparison.verdict.sentence);
  const { agreement } = comparison;
  const parts = [`  ${sentence}`, terminalTable(comparison, style)];
  if (agreement !== undefined) parts.push(agreementTable(agreement, style));
  return `\n${parts.join('\n\n')}\n\n`;
}
