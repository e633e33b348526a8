import { Command } from '@commander-js/extra-typings';
import { FairleadError } from '../../core/errors.ts';
import { gatedMetrics } from '../../experiments/gate/gated-metrics.ts';
import { metricChoice, toleranceChoice } from '../gate-arguments.ts';
import { gateLive } from '../gate-live.ts';
import { gateSimulated } from '../gate-simulated.ts';
import { severalTexts, wholeNumber } from '../parse-arguments.ts';
import { strategyChoice } from '../strategy-choice.ts';
import { updateBaseline } from '../update-baseline.ts';

export const gateCommand = new Command('gate')
  .summary('fail a build that makes the tail latency worse')
  .description(
    'Simulates scenarios again under the seeds and the rates of a baseline, and says whether anything is worse by more than is tolerated. Takes folders of live runs as well.',
  )
  .argument('[scenario...]', 'names in the library, paths of files, or http(s) addresses')
  .option('-b, --baseline <file>', 'what later runs are held against; it belongs into git')
  .option('--update-baseline', 'write it, with as many seeds as --max-seeds, and say what changes')
  .option(
    '-s, --strategy <name>',
    'the one that is deployed (default: that of the baseline, or the only one of the scenario)',
  )
  .option('--hf-config <path>', "config.json of a model to take in place of the scenarios' own")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option('--metric <name>', 'gate this figure and no others; repeat', metricChoice)
  .option(
    '--tolerance <figure=share>',
    'ttftP99=3% for one figure, 0 for all; repeat',
    toleranceChoice,
  )
  .option('-n, --seeds <count>', 'look once, at so many', wholeNumber({ min: 1, max: 10_000 }))
  .option(
    '--max-seeds <count>',
    'look at 8, and at twice as many while it is open',
    wholeNumber({ min: 1, max: 10_000 }),
    32,
  )
  .option('--base-run <folder>', 'live: measured before; repeat', severalTexts)
  .option('--head-run <folder>', 'live: measured now; repeat', severalTexts)
  .option(
    '--noise-run <folder>',
    'live: the base measured once more; or two that are alike',
    severalTexts,
  )
  .option('-t, --threads <count>', 'worker threads', wholeNumber({ min: 1, max: 256 }))
  .option('-o, --out <folder>', 'where the report goes (default: runs/gate-<scenario>-<id>)')
  .option('--store <folder>', 'where finished runs are kept (default: $FAIRLEAD_STORE, runs/store)')
  .option('--no-store', 'run everything anew, and keep nothing')
  .option('--junit <file>', 'write the figures as test cases')
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print a comment for a pull request')
  .addHelpText(
    'after',
    `
Figures: ttftP50, ttftP99, tpotP50, tpotP99, e2eP50, e2eP99, goodput and replicaTpotP50 (of every
replica by itself); on demand ttftP90, tpotP90, e2eP90. In a job of GitHub the step summary is
written as well. docs/gate.md has the rest.

Exit codes: 0 pass, 1 something is worse, 2 open with these seeds, 3 invalid: other traffic, a
saturated baseline, or noise beyond the tolerances; 64 wrong input; 130 stopped by Ctrl-C.

Examples:
  fairlead gate my.yaml --baseline baseline.json --update-baseline
  fairlead gate my.yaml --baseline baseline.json --junit gate.xml --markdown > comment.md
  fairlead gate my.yaml --baseline baseline.json --tolerance ttftP99=3% --tolerance goodput=0.5%
  fairlead gate --base-run before --noise-run before-again --head-run after`,
  )
  .action(async (names, options) => {
    const { baseRun = [], baseline, headRun = [], noiseRun = [], ...rest } = options;
    const gated = gatedMetrics({ chosen: rest.metric, tolerances: rest.tolerance });
    if (baseRun.length + headRun.length + noiseRun.length > 0) {
      if (names.length > 0 || baseline !== undefined) throw new FairleadError('USAGE', eitherOr);
      return gateLive({ ...rest, baseRun, gated, headRun, noiseRun });
    }
    if (names.length === 0) throw new FairleadError('USAGE', noScenario);
    if (baseline === undefined) throw new FairleadError('USAGE', noBaseline);
    const strategy = rest.strategy === undefined ? undefined : strategyChoice(rest.strategy)[0];
    const simulated = { ...rest, baseline, gated, strategy };
    return rest.updateBaseline ? updateBaseline(names, simulated) : gateSimulated(names, simulated);
  });

const eitherOr =
  '--base-run, --head-run and --noise-run are of live runs, which have no scenario and no --baseline. Leave one or the other out.';
const noScenario =
  'there is no scenario. Write fairlead gate <scenario> --baseline <file>, or give --base-run, --head-run and --noise-run.';
const noBaseline = '--baseline <file> is missing. With --update-baseline as well it is made.';
