import { Command } from '@commander-js/extra-typings';
import { compare, type Question, questionOf } from '../../experiments/compare.ts';
import { decidingMetric } from '../../experiments/deciding-metric.ts';
import type { Looks } from '../../experiments/statistics/looks.ts';
import { countOf } from '../../reports/format.ts';
import type { Comparison } from '../../reports/summary.ts';
import { compareOver, refuseBesideOver } from '../compare-over.ts';
import { fleetVariants } from '../fleet-choice.ts';
import { loadScenario } from '../load-scenario.ts';
import { version } from '../package.ts';
import { ladderRange, metricName, severalTexts, shard, wholeNumber } from '../parse-arguments.ts';
import type { AskedForm } from '../print-as-asked.ts';
import { printComparison } from '../print-comparison.ts';
import { runFolder, writeRun } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';
import { runShard } from '../run-shard.ts';
import { capacitiesIn, openRunStore, tellStopped } from '../run-store.ts';
import { runWatched } from '../run-watched.ts';
import { exactSeeds, seedChoice } from '../seed-choice.ts';
import { strategyChoice } from '../strategy-choice.ts';

export const compareCommand = new Command('compare')
  .summary('simulate several strategies on identical traffic and name the best')
  .description(
    'Simulates several strategies over paired seeds and says which one is best, by how much and how sure that is. Writes an HTML report.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option(
    '-s, --strategy <name>',
    'a strategy, as name or name:option=value,option=value; repeat',
    strategyChoice,
  )
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option(
    '-n, --seeds <count>',
    'exactly so many paired seeds (default: 8, and more until they decide)',
    wholeNumber({ min: 1, max: 10_000 }),
  )
  .option(
    '--max-seeds <count>',
    'most seeds where fewer do not decide (default: 32)',
    wholeNumber({ min: 1, max: 10_000 }),
  )
  .option('--first-seed <n>', 'the first of them', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option(
    '--by <metric>',
    'the metric that decides (default: as the scenario expects, or ttftP99Ms)',
    metricName,
  )
  .option(
    '--over <range>',
    'find the highest load that keeps the SLO: load=0.4..1.1, rate=10..60, load=0.4,0.6,0.8',
    ladderRange,
  )
  .option(
    '--fleet <machines>',
    'under the same traffic on 4xA100-80GB-SXM, 2xH100-SXM:tp=2+4xL40S or the fleet of a scenario; repeat',
    severalTexts,
  )
  .option('-t, --threads <count>', 'worker threads', wholeNumber({ min: 1, max: 256 }))
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .option('--store <folder>', 'where finished runs are kept (default: $FAIRLEAD_STORE, runs/store)')
  .option('--no-store', 'run everything anew, and keep nothing')
  .option('--shard <i/n>', 'make only this share of the runs, for "fairlead report merge"', shard)
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print Markdown instead of a table')
  .addHelpText(
    'after',
    `
Exit codes: 0 answered, 1 no strategy keeps the SLO, 2 --over ends where the answer would be,
3 none keeps up, 64 wrong input.

Examples:
  fairlead compare azure-chat
  fairlead compare azure-chat -s round-robin -s least-tokens:tokensPerRequest=300 --seeds 20
  fairlead compare azure-chat --max-seeds 128
  fairlead compare azure-chat -s predicted-finish -s round-robin --over load=0.4..1.1
  fairlead compare azure-chat --fleet 4xA100-80GB-SXM --fleet 6xL40S
  fairlead compare azure-chat --shard 1/4 --out shard-1    (docs/experiments.md)
  fairlead compare my.yaml --json | jq .verdict`,
  )
  .action(async (name, options) => {
    const scenario = await loadScenario(name, options);
    const asked = {
      scenario,
      strategies: options.strategy ?? scenario.strategies,
      by: options.by ?? decidingMetric(scenario),
      fleets: options.fleet && (await fleetVariants(options.fleet, scenario)),
      version,
    };
    if (options.over !== undefined) {
      const { by, fleet, shard } = options;
      refuseBesideOver({ '--by': by, '--fleet': fleet, '--shard': shard });
      return compareOver({ ...options, ...asked, over: options.over });
    }
    if (options.shard !== undefined) {
      const seeds = exactSeeds(options);
      return runShard({ ...asked, seeds }, { ...options, shard: options.shard });
    }
    const { looks, seeds } = seedChoice(options);
    return compareHere({ ...asked, seeds }, { ...options, looks });
  });

interface CompareHereOptions extends AskedForm {
  readonly looks: Looks;
  readonly out?: string | undefined;
  readonly store?: string | boolean | undefined;
  readonly threads?: number | undefined;
}

async function compareHere(asked: Question, options: CompareHereOptions): Promise<void> {
  const startedAt = new Date();
  const { looks, out, threads } = options;
  const store = openRunStore(options.store);
  const question = questionOf({ ...asked, capacities: capacitiesIn(store) });
  const result = await runWatched({ store, threads }, (watched) =>
    compare({ ...question, ...watched, looks, onUndecided: tellUndecided }),
  );
  if (result === undefined)
    return tellStopped('Stopped before the first seed was complete.', store);
  const comparison: Comparison = {
    ...result,
    meta: { ...result.meta, run: describeRun(startedAt) },
  };
  const report = await writeRun(out ?? runFolder(comparison), comparison, store);
  printComparison(comparison, report, { scenario: question.scenario, ...options });
}

function tellUndecided(seeds: number, next: number): void {
  const verb = seeds === 1 ? 'does' : 'do';
  process.stderr.write(`${countOf(seeds, 'seed')} ${verb} not decide; taking ${next}.\n`);
}
