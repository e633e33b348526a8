import type { EmulationOptions } from '../../../emulator/start-replicas.ts';
import { type RunningReplicas, startReplicas } from '../../../emulator/start-replicas.ts';
import { findModel } from '../../../sim/catalog/lookup.ts';
import { smallScenario } from '../../support/scenarios.ts';

export interface Emulation extends RunningReplicas {
  /** Of the first of them. */
  readonly url: string;
  readonly address: (path: string) => string;
}

/** Replicas with steps of 2 ms and a short context, unless told otherwise. */
export async function emulate({
  count = 1,
  engine = {},
  ...options
}: Partial<EmulationOptions> & {
  readonly count?: number;
  readonly engine?: Readonly<Record<string, unknown>>;
} = {}): Promise<Emulation> {
  const usual = { stepTime: { kind: 'fixed', stepMs: 2 }, maxModelLen: 2_048 };
  const [group] = smallScenario({ engine: { ...usual, ...engine } }).fleet;
  const replicas = Array.from({ length: count }, (_, index) => ({
    name: `replica-${index + 1}`,
    group: group!,
  }));
  const running = await startReplicas({ replicas, model: findModel('Llama-3.1-8B'), ...options });
  const [url] = running.urls as [string];
  return { ...running, url, address: (path) => `${url}${path}` };
}

export function post(address: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(address, { method: 'POST', body: JSON.stringify(body), ...init });
}

/** Until it is so; the test's own time limit is the end of patience. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** One series of a page of metrics. */
export async function metric(emulation: Emulation, series: RegExp): Promise<number> {
  const page = await (await fetch(emulation.address('/metrics'))).text();
  const line = page.split('\n').find((one) => series.test(one));
  return Number(line?.slice(line.lastIndexOf(' ') + 1));
}
