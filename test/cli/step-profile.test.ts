import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenarioText } from '../../scenarios/library.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { text: azureChat } = readScenarioText('azure-chat');
const small = azureChat.replace('duration: 10m', 'duration: 20s').replace('2m', '1s');

/** A folder with a short scenario and a profile of steps that all take so long. */
function folderWith(stepMs: number): string {
  const cwd = temporaryFolder();
  const coefficients = { baseMs: stepMs, knots: [1], tokenMs: [0] };
  writeFileSync(join(cwd, 'small.yaml'), small);
  writeFileSync(join(cwd, 'mine.json'), JSON.stringify({ name: 'my own GPU', coefficients }));
  return cwd;
}

test('step times of your own are what the replicas take', async () => {
  const args = ['simulate', 'small.yaml', '--step-profile', 'mine.json'];
  for (const stepMs of [5, 15]) {
    const cwd = folderWith(stepMs);
    const { stdout, stderr } = await runFairlead([...args, '--json', '-o', 'out'], { cwd });
    expect(stderr).not.toMatch(/error/i);
    const { strategies, scenario } = JSON.parse(stdout);
    expect(strategies[0].metrics.tpotP99Ms.mean).toBeCloseTo(stepMs, 6);
    expect(scenario.fleet[0].stepTime.basis).toBe('user');
  }
});

test('for a fleet of several GPUs they are refused, with where to write them instead', async () => {
  const cwd = folderWith(5);
  const another = '\n  - { name: l40s, gpu: L40S, replicas: 1, engine: { maxModelLen: 16384 } }\n';
  const mixed = small.replace('    replicas: 4\n', `    replicas: 4${another}`);
  writeFileSync(join(cwd, 'mixed.yaml'), mixed);
  const args = ['simulate', 'mixed.yaml', '--step-profile', 'mine.json'];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain('holds for one GPU, and azure-chat has A100-80GB-SXM, L40S.');
  expect(stderr).toContain('stepTime: { kind: profile');
});

test.each([
  ['nowhere.json', 'nowhere.json: cannot be read'],
  ['small.yaml', 'small.yaml: '],
])('of %s it says what is wrong', async (path, complaint) => {
  const cwd = folderWith(5);
  const args = ['simulate', 'small.yaml', '--step-profile', path];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain(complaint);
  expect(stderr).not.toContain('    at ');
});
