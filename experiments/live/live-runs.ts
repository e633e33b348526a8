import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FairleadError } from '../../core/errors.ts';
import { US_PER_MS } from '../../core/time.ts';
import type { LiveFigures } from '../../loadgen/live-figures.ts';
import type { LiveRun } from '../../loadgen/live-run.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { counterbalancedOrders } from '../counterbalanced-order.ts';
import { findStrategy } from '../run-task.ts';
import { type RunningBalancer, startBalancer } from './balancer-process.ts';
import type { Contestant } from './contestants.ts';
import { EmulatorLag } from './emulator-lag.ts';
import { type FleetPlan, type LiveReplica, startFleet } from './live-fleet.ts';
import { playAgainst } from './play-against.ts';
import { proxyConfiguration, type Transport, tenantKeys } from './proxy-configuration.ts';
import { startProxy } from './proxy-process.ts';
import { inScenarioTime } from './scenario-time.ts';
import { WayMeter } from './way-meter.ts';

export interface LiveRunsOptions {
  readonly scenario: Scenario;
  readonly contestants: readonly Contestant[];
  /** One for each repetition: all contestants get the same requests. */
  readonly seeds: readonly number[];
  readonly fleet: FleetPlan;
  readonly timeScale: number;
  readonly transport: Transport;
  /** The program of the command line, for the proxy. */
  readonly cli: string;
  /** Each run has a folder of its own in it. */
  readonly folder: string;
  /** Whether each decision of the proxy is written down. */
  readonly keepsDecisions: boolean;
  readonly signal: AbortSignal;
  /** Its folder is there when this comes back. */
  readonly onBegin: (run: PlannedRun) => void;
  readonly onFigures: (figures: LiveFigures) => void;
  readonly onEnd: (run: FinishedRun) => Promise<void>;
}

export interface PlannedRun {
  readonly contestant: Contestant;
  readonly seed: number;
  /** From 1, in the order of time. */
  readonly number: number;
  readonly of: number;
  readonly folder: string;
}

export interface FinishedRun extends PlannedRun {
  /** In the time of the scenario. */
  readonly run: LiveRun;
  /** From client to replica and back; null where it was not measured. */
  readonly wayUs: number | null;
  /** Null where the replicas are not emulated. */
  readonly emulatorLagP99Ms: number | null;
  /** Emulated replicas of which nobody knows how late they were. */
  readonly silentReplicas: number;
  /** All that could have answered. */
  readonly replicas: readonly LiveReplica[];
  /** The decision log, where there is one. */
  readonly decisions: string | undefined;
}

/**
 * Plays the scenario live, once for each contestant and seed, one run at a time. A run that was
 * interrupted is not told of; those before it are.
 */
export async function playLive(options: LiveRunsOptions): Promise<void> {
  const { contestants, onBegin, onEnd, seeds, signal } = options;
  const orders = counterbalancedOrders(contestants, seeds.length);
  const all = orders.flatMap((order, index) =>
    order.map((contestant) => ({ contestant, seed: seeds[index]! })),
  );
  for (const [index, { contestant, seed }] of all.entries()) {
    if (signal.aborted) return;
    const name = `${index + 1}-${contestant.name.replaceAll(/[^\w.-]+/g, '_')}-seed${seed}`;
    const folder = resolve(options.folder, 'live', name);
    const planned = { contestant, seed, folder, number: index + 1, of: all.length };
    onBegin(planned);
    const finished = await playOne(planned, options);
    if (!finished.run.isInterrupted) await onEnd(finished);
  }
}

async function playOne(planned: PlannedRun, options: LiveRunsOptions): Promise<FinishedRun> {
  const { fleet: plan, timeScale } = options;
  const fleet = await startFleet(plan, timeScale);
  try {
    const isRecorded = options.keepsDecisions && planned.contestant.kind === 'strategy';
    const decisions = isRecorded ? join(planned.folder, 'decisions.ndjson') : undefined;
    const between = await startBetween(planned, { ...options, decisions }, fleet.replicas);
    try {
      const urls = fleet.replicas.map(({ url }) => url);
      const lag = await EmulatorLag.begin(urls);
      const way = await WayMeter.begin(urls, options.scenario.warmupUs / US_PER_MS / timeScale);
      const deaths = [between.died.then((reason) => `${planned.contestant.name}: ${reason}`)];
      const died = Promise.race([...deaths, fleet.died.then(({ message }) => message)]);
      const onFigures: typeof options.onFigures = (figures) => {
        void way.onBegun();
        options.onFigures(figures);
      };
      const running = { ...options, onFigures };
      const run = await playThrough({ url: between.url, died }, planned, running);
      const { p99Ms: emulatorLagP99Ms, silent } = await lag.end();
      return {
        ...{ ...planned, run: inScenarioTime(run, timeScale), emulatorLagP99Ms, decisions },
        // Who plays faster than the clock makes the way longer, by the time of the scenario.
        wayUs: timeScale === 1 ? way.end(run) : null,
        silentReplicas: plan.kind === 'emulated' ? silent : 0,
        replicas: fleet.replicas,
      };
    } finally {
      await between.stop();
    }
  } finally {
    await fleet.stop();
  }
}

/** The proxy with the strategy, or the balancer in its place. */
function startBetween(
  { contestant, folder }: PlannedRun,
  options: LiveRunsOptions & { readonly decisions: string | undefined },
  replicas: readonly LiveReplica[],
): Promise<RunningBalancer> {
  if (contestant.kind === 'balancer') {
    const { balancer, policy } = contestant;
    const balanced = replicas.map(({ name, url }) => ({ name, url: new URL(url), weight: 1 }));
    return startBalancer(balancer, { replicas: balanced, policy: policy.name, threads: 1 });
  }
  const { cli, decisions } = options;
  const { strategy } = contestant;
  const file = join(folder, 'proxy.json');
  const configuration = proxyConfiguration({ ...options, strategy, replicas });
  writeFileSync(file, `${JSON.stringify(configuration, null, 2)}\n`);
  const needsSignals = findStrategy(strategy.name).needs.includes('signals');
  return startProxy({ cli, file, decisions, needsSignals });
}

/** Where the one in between dies, or a replica that nobody wanted to, nothing was measured. */
async function playThrough(
  { died, url }: Pick<RunningBalancer, 'died' | 'url'>,
  { contestant, seed }: PlannedRun,
  { onFigures, scenario, signal, timeScale }: LiveRunsOptions,
): Promise<LiveRun> {
  const death = new AbortController();
  void died.then((reason) => death.abort(reason));
  const { run } = await playAgainst(scenario, {
    ...{ url, seed, timeScale, onFigures },
    api: 'completions',
    // A balancer passes keys on to replicas, which want none or another one.
    tenantKey: contestant.kind === 'strategy' ? tenantKeys(scenario) : undefined,
    ignoreEos: true,
    usage: true,
    signal: AbortSignal.any([signal, death.signal]),
  });
  if (!death.signal.aborted) return run;
  throw new FairleadError('PROGRAM_FAILED', String(death.signal.reason));
}
