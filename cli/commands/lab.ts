import { Command } from '@commander-js/extra-typings';
import { exitCode } from '../../core/errors.ts';
import { interruptSignal } from '../interrupt.ts';
import { failoverLab } from '../labs/failover.ts';
import type { Lab, LabResult } from '../labs/lab.ts';
import { rateLimitLab } from '../labs/rate-limit.ts';
import { spreadLab } from '../labs/spread.ts';
import { durationUs, numberFrom } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { printList } from '../print-list.ts';
import { strategyChoice } from '../strategy-choice.ts';
import { textStyle } from '../text-style.ts';

const labs = [spreadLab, failoverLab, rateLimitLab] as const;

interface Asked {
  readonly strategy?: ReturnType<typeof strategyChoice> | undefined;
  readonly window?: number | undefined;
  readonly budget?: number | undefined;
  readonly wait?: true | undefined;
  readonly json?: true | undefined;
}

const list = new Command('list')
  .description('Shows every lab with what it asks.')
  .option('--json', 'print one JSON document and nothing else')
  .action((options) => printList(labs, options));

const spread = described(spreadLab).action((options) => run(spreadLab, options));
const failover = described(failoverLab)
  .option(
    '--budget <share>',
    'of all requests, how many may be sent again at once (default: that of the proxy)',
    numberFrom({ min: 0, max: 1 }),
  )
  .action((options) => run(failoverLab, options));
const rateLimit = described(rateLimitLab)
  .option('--window <time>', 'over which requests are counted (default: 60s)', durationUs)
  .option('--wait', 'come again when Retry-After is over')
  .action((options) => run(rateLimitLab, options));

export const labCommand = new Command('lab')
  .summary('practise on real processes: spread, failover, rate-limit')
  .description(
    'Starts two emulated replicas and the proxy, plays real requests, and says whether what should happen did.',
  )
  .addCommand(list)
  .addCommand(spread)
  .addCommand(failover)
  .addCommand(rateLimit)
  .addHelpText(
    'after',
    `
Exit codes: 0 all is as it should be, 1 it is not, 2 it could not be seen, 64 wrong input,
130 stopped by Ctrl-C.

Examples:
  fairlead lab spread --strategy round-robin
  fairlead lab failover
  fairlead lab rate-limit --window 5s --wait --json`,
  );

function described({ name, summary }: Lab) {
  return new Command(name)
    .summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}`)
    .option('-s, --strategy <name>', 'of the proxy (default: its own)', strategyChoice)
    .option('--json', 'print one JSON document on stdout; the story goes to stderr');
}

async function run(lab: Lab, { budget, json, strategy, wait, window }: Asked): Promise<void> {
  const out = json ? process.stderr : process.stdout;
  const { dispose, signal } = interruptSignal();
  try {
    const result = await lab.play({
      strategy: strategy?.at(-1),
      windowUs: window ?? 60e6,
      waits: wait === true,
      budget,
      signal,
      tell: (line) => out.write(`${line}\n`),
    });
    const holds = result.checks.every((check) => check.holds);
    if (json) printJson({ lab: lab.name, holds, ...result });
    else process.stdout.write(verdictOf(lab, result));
    if (!holds) process.exitCode = exitCode.no;
    else process.exitCode = result.inconclusive ? exitCode.inconclusive : exitCode.ok;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
  } finally {
    dispose();
  }
}

function verdictOf({ name }: Lab, { checks, inconclusive }: LabResult): string {
  const { bold } = textStyle(process.stdout);
  const lines = checks.map(({ holds, what }) => `  ${holds ? 'yes' : 'NO '}  ${what}`);
  const wrong = checks.filter(({ holds }) => !holds).length;
  const verdict =
    wrong > 0
      ? `${wrong} of ${checks.length} are not as they should be`
      : (inconclusive ?? 'all is as it should be');
  return `\n${lines.join('\n')}\n\n${bold(`${name}: ${verdict}.`)}\n`;
}
