import { Command } from '@commander-js/extra-typings';
import { exitCode } from '../../core/errors.ts';
import { version } from '../package.ts';
import { printJson } from '../print-json.ts';
import { type ReplayResult, replayLog } from '../replay-log.ts';

export const replayDecisionsCommand = new Command('replay-decisions')
  .summary('check that a recorded proxy decides the same again')
  .description(
    'Tells a strategy as new all that the strategy of a live proxy was told, and compares every pick.',
  )
  .argument('<file>', 'what "fairlead proxy --record <file>" has written')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText(
    'after',
    `
Exit codes: 0 every pick is the same, 1 some are not, 2 there is none in it, 64 a damaged file.

Examples:
  fairlead proxy fairlead.yaml --record decisions.ndjson
  fairlead replay-decisions decisions.ndjson --json | jq .differing`,
  )
  .action(async (file, { json = false }) => {
    const result = await replayLog(file);
    for (const warning of warningsOf(result)) process.stderr.write(`${file}: ${warning}\n`);
    if (json) printJson(result);
    else process.stdout.write(textOf(result));
    process.exitCode = exitCodeOf(result);
  });

function warningsOf({ isComplete, version: recordedBy }: ReplayResult): string[] {
  const warnings = [];
  if (!isComplete) {
    warnings.push(
      'the log has no end: the proxy was killed, or is still writing. Replayed up to there.',
    );
  }
  if (recordedBy !== version) {
    warnings.push(
      `Fairlead ${recordedBy} has written it, and this is ${version}: strategies may differ.`,
    );
  }
  return warnings;
}

function textOf({ differences, differing, gateways, picks }: ReplayResult): string {
  const lines = gateways.map(
    (one) =>
      `gateway ${one.gateway}, ${one.strategy.name}: ${one.differing} of ${one.picks} picks differ`,
  );
  for (const { attempts, candidates, id, line, recorded, replayed } of differences) {
    const what = `request ${id}, attempt ${attempts + 1}: ${recorded}, and again ${replayed}`;
    lines.push(`  line ${line}, ${what}, of ${candidates.join(' ')}`);
  }
  if (differing > differences.length) lines.push(`  and ${differing - differences.length} more`);
  return [...lines, `${differing} of ${picks} picks differ.`, ''].join('\n');
}

function exitCodeOf({ differing, picks }: ReplayResult): number {
  if (picks === 0) return exitCode.inconclusive;
  return differing === 0 ? exitCode.ok : exitCode.no;
}
