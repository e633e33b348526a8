import { expect, test } from 'vitest';
import type { FinishedRun } from '../../experiments/live/live-runs.ts';
import { measuredRun } from '../../experiments/live/measured-run.ts';
import { runTask } from '../../experiments/run-task.ts';
import { libraryScenario } from '../support/scenarios.ts';

const scenario = { ...libraryScenario('azure-chat'), warmupUs: 0, durationUs: 3e7 };
const strategy = { name: 'round-robin', options: {} };

/** As if a simulated run had been measured. */
function measured(told: Partial<FinishedRun>) {
  const simulated = runTask({ scenario, strategy, seed: 1 });
  const lag = { p50Us: 0, p99Us: 0, maxUs: 0, late: 0, requests: 1_000 };
  const lengths = { answers: 0, otherPrompts: 0, otherAnswers: 0, withoutUsage: 0 };
  const run = {
    ...{ ...simulated, lag, lengths, failures: [], tokens: { all: 0, together: 0 } },
    ...{ cpuShare: 0, busyShare: 0, ...told.run },
  };
  const finished = { contestant: { kind: 'strategy', name: 'a', strategy }, seed: 1, ...told, run };
  return measuredRun(scenario, finished as unknown as FinishedRun, undefined);
}

const names = runTask({ scenario, strategy, seed: 1 }).replicas.map(({ name }) => name);
const named = (all: readonly string[]) =>
  all.map((name) => ({ name, group: 'g', url: 'http://127.0.0.1:1' }));
const known = { emulatorLagP99Ms: 1, silentReplicas: 0 };

test('a replica that got nothing counts for the imbalance', () => {
  const all = measured({ ...known, replicas: named(names) }).summary;
  const idle = measured({ ...known, replicas: named([...names, 'idle']) }).summary;
  const ratio = idle.metrics.imbalanceRatio! / all.metrics.imbalanceRatio!;
  expect(ratio).toBeCloseTo((names.length + 1) / names.length, 4);
  expect(idle.replicas.at(-1)).toMatchObject({ replica: 'idle', requests: 0 });
});

test('a run is invalid when an emulated replica did not say how late it was', () => {
  const replicas = named(names);
  expect(measured({ ...known, replicas }).facts.invalid).toEqual([]);
  const { invalid } = measured({ ...known, replicas, silentReplicas: 1 }).facts;
  expect(invalid).toEqual(['1 emulated replica did not say how late tokens came']);
});
