import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type LiveFleet, startFleet } from '../../experiments/live/live-fleet.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { libraryScenario } from '../support/scenarios.ts';

const [group] = libraryScenario('azure-chat').fleet;
const model = findModel('Llama-3.1-8B');

function start(): Promise<LiveFleet> {
  const replicas = [{ name: 'a100-1', group: group! }];
  return startFleet({ kind: 'emulated', model, replicas }, 1);
}

function replicaProcess(): number {
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'replica-process']);
  return Number(stdout.toString().trim());
}

test('emulated replicas that die in the middle of a run are told of', async () => {
  const fleet = await start();
  const pid = replicaProcess();
  process.kill(pid, 'SIGKILL');
  expect(await fleet.died).toMatchObject({
    code: 'PROGRAM_FAILED',
    message: expect.stringContaining(`process ${pid}`),
  });
  await fleet.stop();
});

test('those that were stopped have not died', async () => {
  const fleet = await start();
  await fleet.stop();
  expect(await Promise.race([fleet.died, 'silence'])).toBe('silence');
});
