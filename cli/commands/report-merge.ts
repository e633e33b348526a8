import { Command } from '@commander-js/extra-typings';
import type { Comparison } from '../../reports/summary.ts';
import { runFolder, writeRun } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';

export const reportMergeCommand = new Command('merge')
  .summary('put the shards of a comparison together')
  .description(
    'Puts the runs of "fairlead compare … --shard i/n" together: the same result as one process would have given.',
  )
  .argument('<folder...>', 'folders of shards, in any order')
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print Markdown instead of a table')
  .addHelpText(
    'after',
    `
Exit codes: those of compare; 64 where runs are missing, with the commands that make them.

Examples:
  fairlead report merge shard-* --out merged
  fairlead report merge shard-1 shard-2 --json | jq .verdict`,
  )
  .action(async (folders, _options, command) => {
    const startedAt = new Date();
    // The command above has options of the same names, and takes them for its own.
    const options = command.optsWithGlobals();
    // What a comparison needs is much more than a report does, which is shown at once.
    const { mergedComparison } = await import('../merged-comparison.ts');
    const { printComparison } = await import('../print-comparison.ts');
    const { result, scenario } = mergedComparison(folders);
    const comparison: Comparison = {
      ...result,
      meta: { ...result.meta, run: describeRun(startedAt) },
    };
    const report = await writeRun(options.out ?? runFolder(comparison), comparison);
    printComparison(comparison, report, { scenario, ...options });
  });
