import { suggestion } from '../../core/closest.ts';
import { FairleadError } from '../../core/errors.ts';
import { chatOverhead } from '../../loadgen/chat-overhead.ts';
import { targetOf } from '../../loadgen/http/target.ts';
import type { LiveFigures } from '../../loadgen/live-figures.ts';
import type { LiveRun } from '../../loadgen/live-run.ts';
import { servedModels, tryOneRequest, urlOf } from '../../loadgen/probe.ts';
import { type Api, RequestWriter } from '../../loadgen/request/request-writer.ts';
import { playInWorkers } from '../../loadgen/workers/play-in-workers.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { tenantNames } from './tenant-names.ts';

export interface PlayAgainstOptions {
  readonly url: string;
  readonly model?: string | undefined;
  readonly api: Api;
  readonly apiKey?: string | undefined;
  readonly tenantKey?: readonly (readonly [string, string])[] | undefined;
  readonly ignoreEos: boolean;
  readonly usage: boolean;
  readonly seed: number;
  readonly requests?: number | undefined;
  readonly timeScale: number;
  readonly workers?: number;
  readonly signal: AbortSignal;
  readonly onFigures: (figures: LiveFigures) => void;
}

/** A live run, and whom it was against. */
export interface Played {
  readonly run: LiveRun;
  readonly url: string;
  readonly model: string;
  readonly api: Api;
}

/** Looks at the server first: what is wrong with it is told at once, and not after the run. */
export async function playAgainst(
  scenario: Scenario,
  options: PlayAgainstOptions,
): Promise<Played> {
  const target = targetOf(options.url);
  if (target === undefined) {
    const example = options.url.includes('://') ? 'http://127.0.0.1:8000' : `http://${options.url}`;
    const message = `--url ${options.url} is no http or https address. Write it as ${example}.`;
    throw new FairleadError('USAGE', message);
  }
  const { api, apiKey, onFigures, signal, timeScale } = options;
  const tenantKeys = new Map(options.tenantKey ?? []);
  refuseUnknownTenants(scenario, [...tenantKeys.keys()]);
  const probeKey = apiKey ?? [...tenantKeys.values()][0];
  const served = await servedModels({ target, apiKey: probeKey, model: options.model });
  const writing = {
    ...{ target, api, apiKey, tenantKeys, model: served.model },
    adapterModels: adapterModels(scenario, served.all),
    // Nothing of an earlier run is found in the caches of the server, unless that is wanted.
    runSalt: `${Date.now()}/${options.seed}`,
    ignoresEos: options.ignoreEos,
    asksForUsage: options.usage,
  };
  const prober = new RequestWriter({ ...writing, apiKey: probeKey });
  await tryOneRequest(target, prober, api);
  const overhead = api === 'chat' ? await chatOverhead(target, prober) : undefined;
  const mostRequests = options.requests ?? Number.POSITIVE_INFINITY;
  const task = { scenario, seed: options.seed, timeScale, mostRequests };
  const playing = { ...task, writing: { ...writing, overhead } };
  const run = await playInWorkers(playing, { workers: options.workers ?? 1, signal, onFigures });
  return { run, url: urlOf(target), model: served.model, api };
}

function refuseUnknownTenants({ traffic }: Scenario, named: readonly string[]): void {
  const known = traffic.flatMap(tenantNames);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `--tenant-key ${unknown}=…: the scenario has no such tenant. ${suggestion(unknown, known)}`;
  throw new FairleadError('USAGE', message);
}

/** As vLLM has it, an adapter is a model with its name. Numbers are those of the stream. */
function adapterModels(
  { traffic }: Scenario,
  served: readonly string[],
): ReadonlyMap<number, string> {
  const names = traffic.flatMap(({ adapter, trace }) => [
    ...(adapter === undefined ? [] : [adapter]),
    ...(trace?.rows?.adapters ?? []),
  ]);
  const numbered = [...new Set(names)].map((name, index) => [index + 1, name] as const);
  return new Map(numbered.filter(([, name]) => served.includes(name)));
}
