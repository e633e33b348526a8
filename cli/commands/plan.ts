import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { exitCode } from '../../core/errors.ts';
import { plan, type RunPlanOptions, type StoppedPlan } from '../../experiments/plan/plan.ts';
import { type PlanOptions, planQuestion } from '../../experiments/plan/question.ts';
import { codeFingerprint } from '../../experiments/store/code-fingerprint.ts';
import type { ContentStore } from '../../experiments/store/content-store.ts';
import { storedExecutor } from '../../experiments/store/stored-executor.ts';
import { threadPool } from '../../experiments/thread-pool.ts';
import { planPage } from '../../reports/html/plan-page.ts';
import type { Plan } from '../../reports/plan.ts';
import { planMarkdown } from '../../reports/plan-markdown.ts';
import { interruptSignal } from '../interrupt.ts';
import { loadScenario } from '../load-scenario.ts';
import { version } from '../package.ts';
import { numberFrom, wholeNumber } from '../parse-arguments.ts';
import {
  gpuPrice,
  names,
  percentage,
  spotOptions,
  tensorParallelSizes,
  thresholds,
} from '../plan-options.ts';
import { watchPlan } from '../plan-progress.ts';
import { planText } from '../plan-text.ts';
import { type AskedForm, printAsAsked } from '../print-as-asked.ts';
import { runFolder, writeFile } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';
import { capacitiesIn, openRunStore, tellStopped } from '../run-store.ts';
import { strategyChoice } from '../strategy-choice.ts';
import { textStyle } from '../text-style.ts';

const tiers = ['specialised', 'hyperscaler', 'long-tail', 'median'] as const;

export const planCommand = new Command('plan')
  .summary('find the cheapest fleet that keeps the SLO for this traffic')
  .description(
    'Finds how many of which GPUs keep the SLO for the traffic of a scenario at the lowest cost, and says why nothing cheaper does, what breaks first and what the strategy is worth. Writes an HTML report.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option(
    '--slo <objective>',
    'an objective in place of those of the scenario, such as "ttft.p99 < 2s"; repeat',
    thresholds,
  )
  .option(
    '--rate <rps>',
    "requests per second (default: the scenario's, its loads being those of its own fleet)",
    numberFrom({ min: 1e-3, max: 1e5 }),
  )
  .option('--gpus <names>', 'GPUs to plan with, as A,B (default: up to 8 with a price)', names)
  .option(
    '--tp <sizes>',
    'GPUs per replica, as 1,2 (default: the smallest that will do, and the next)',
    tensorParallelSizes,
  )
  .option(
    '--price <gpu=usd>',
    'dollars for an hour of a GPU, such as L40S=0.90 or L40S:spot=0.50; repeat',
    gpuPrice,
  )
  .addOption(new Option('--tier <tier>', 'where prices are asked').choices(tiers))
  .option(
    '--max-model-len <tokens>',
    'longest sequence of the engines',
    wholeNumber({ min: 1, max: 1e7 }),
  )
  .option('--max-replicas <count>', 'most replicas', wholeNumber({ min: 1, max: 1_000 }), 64)
  .option('--mix <kinds>', 'most kinds of replicas in a fleet', wholeNumber({ min: 1, max: 3 }), 2)
  .option('--budget <usd>', 'most dollars per hour', numberFrom({ min: 0.01, max: 1e6 }))
  .option(
    '--survive <count>',
    'replicas that may be lost with the SLO still kept; 0 for none',
    wholeNumber({ min: 0, max: 16 }),
    1,
  )
  .option(
    '--spot [names]',
    'rent replicas on spot as well: of these GPUs, as A,B (default: all whose spot price is known)',
    names,
  )
  .option(
    '--reclaim <share>',
    'of the spot replicas of a kind those that are taken back at once (default: 50%)',
    percentage,
  )
  .option('--autoscale', 'say what it saves to switch replicas off while there is less traffic')
  .option(
    '-s, --strategy <name>',
    "a strategy to race on the fleet that is found; repeat (default: the scenario's)",
    strategyChoice,
  )
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option(
    '-n, --seeds <count>',
    'seeds that a fleet has to pass',
    wholeNumber({ min: 3, max: 100 }),
    8,
  )
  .option('-t, --threads <count>', 'worker threads', wholeNumber({ min: 1, max: 256 }))
  .option('-o, --out <folder>', 'where the results go (default: runs/plan-<scenario>-<id>)')
  .option('--store <folder>', 'where finished runs are kept (default: $FAIRLEAD_STORE, runs/store)')
  .option('--no-store', 'run everything anew, and keep nothing')
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print Markdown instead of text')
  .addHelpText(
    'after',
    `
Exit codes: 0 found, 1 no fleet within the limits keeps the SLO, 2 undecided with so few seeds,
64 wrong input.

Examples:
  fairlead plan azure-chat
  fairlead plan azure-chat --rate 60 --slo "ttft.p99 < 1s" --slo "tpot.p99 < 60ms"
  fairlead plan azure-chat --gpus A100-80GB-SXM,H100-SXM --price H100-SXM=2.10 --survive 0
  fairlead plan azure-chat --gpus A100-80GB-SXM --spot --reclaim 100%
  fairlead plan diurnal-day --gpus A100-80GB-SXM --autoscale
  fairlead plan my.yaml --json | jq .winner.fleet`,
  )
  .action(async (name, options) => {
    const scenario = await loadScenario(name, options);
    const { budget, gpus, maxModelLen, maxReplicas, mix, price, rate, slo } = options;
    const { autoscale, seeds, strategy, survive, tier, tp } = options;
    const asked: Omit<PlanOptions, 'capacities'> = {
      ...{ scenario, slo, gpus, tier, maxModelLen, maxReplicas, survive, version, autoscale },
      rateRps: rate,
      tensorParallelSizes: tp,
      prices: price?.onDemand,
      spot: spotOptions(options),
      maxKinds: mix,
      budgetUsdPerHour: budget,
      strategies: strategy,
      seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    };
    await planHere(asked, options);
  });

interface PlanHereOptions extends AskedForm {
  readonly out?: string | undefined;
  readonly store?: string | boolean | undefined;
  readonly threads?: number | undefined;
}

async function planHere(
  asked: Omit<PlanOptions, 'capacities'>,
  options: PlanHereOptions,
): Promise<void> {
  const startedAt = new Date();
  const store = openRunStore(options.store);
  const question = planQuestion({ ...asked, capacities: capacitiesIn(store) });
  const result = await watched({ question }, { store, threads: options.threads });
  if (result.kind === 'stopped') return tellStopped(soFar(result), store);
  const found: Plan = { ...result, meta: { ...result.meta, run: describeRun(startedAt) } };
  const named = { scenario: { name: `plan-${question.scenario.name}` }, meta: found.meta };
  const out = options.out ?? runFolder(named);
  const report = join(out, 'report.html');
  writeFile(join(out, 'plan.json'), `${JSON.stringify(found, null, 2)}\n`);
  writeFile(report, await planPage(found));
  printAsAsked(found, options, {
    markdown: () => planMarkdown(found),
    text: () => planText(found, report, textStyle(process.stdout)),
  });
  const codes = { found: exitCode.ok, none: exitCode.no, undecided: exitCode.inconclusive };
  process.exitCode = codes[found.answer.kind];
}

async function watched(
  asked: Pick<RunPlanOptions, 'question'>,
  {
    store,
    threads,
  }: { readonly store: ContentStore | undefined; readonly threads: number | undefined },
) {
  const { dispose, signal } = interruptSignal();
  const pool = threadPool(threads);
  const code = codeFingerprint();
  const executor = store ? storedExecutor({ store, executor: pool.executor, code }) : pool.executor;
  const watch = watchPlan();
  try {
    return await plan({ ...asked, executor, signal, onProgress: watch.update });
  } finally {
    watch.stop();
    dispose();
    await pool.close();
  }
}

function soFar({ best }: StoppedPlan): string {
  return best === undefined ? 'No fleet was found yet.' : `So far the cheapest: ${best}.`;
}
