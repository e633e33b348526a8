import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comparisonSchema } from '../../reports/summary.ts';
import { readScenarioText } from '../../scenarios/library.ts';
import { hfConfigs } from '../support/hf-configs.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { text: azureChat } = readScenarioText('azure-chat');
const small = azureChat.replace('duration: 10m', 'duration: 20s').replace('2m', '1s');

/** A folder with a short scenario and the configuration of a model as a download has it. */
function folderWith(config: unknown): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'small.yaml'), small);
  mkdirSync(join(cwd, 'My-Model-4B'));
  writeFileSync(join(cwd, 'My-Model-4B/config.json'), JSON.stringify(config));
  return cwd;
}

test('what is wrong in a configuration is said of the path that was typed', async () => {
  const cwd = folderWith({ model_type: 'qwen3' });
  writeFileSync(join(cwd, 'e.json'), '{ "model_type": "qwen3" }');
  const { code, stderr } = await runFairlead(['compare', 'small.yaml', '--hf-config', 'e.json'], {
    cwd,
  });
  expect(code).toBe(64);
  expect(stderr).toContain('e.json: the field "');
});

test.each([['My-Model-4B'], ['My-Model-4B/config.json']])(
  'compare takes the model of %s and says how far to trust it',
  async (path) => {
    const cwd = folderWith(hfConfigs['Qwen3-4B']);
    const args = ['compare', 'small.yaml', '--hf-config', path, '-n', '2', '-o', 'out'];
    const { code, stdout } = await runFairlead([...args, '-s', 'random', '-s', 'round-robin'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('My-Model-4B (4.02B parameters, from its config.json) on 4 × A100');
    expect(stdout).toMatch(
      /a100: KV cache 46\d,\d{3} tokens each; step times: data sheet, .*expected error: decode \d/,
    );
    expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain(
      'My-Model-4B, from its config.json',
    );
    const summary = comparisonSchema.parse(
      JSON.parse(readFileSync(join(cwd, 'out/summary.json'), 'utf8')),
    );
    expect(summary.scenario).toMatchObject({
      model: 'My-Model-4B',
      modelBasis: 'config.json',
      fleet: [{ stepTime: { basis: 'gpu', expectedErrorPct: { decode: expect.any(Number) } } }],
    });
  },
);

test('simulate is faster with a smaller model, and prints what it took', async () => {
  const cwd = folderWith(hfConfigs['Qwen3-4B']);
  const args = ['simulate', 'small.yaml', '--out', 'run'];
  const own = await runFairlead([...args, '--json'], { cwd });
  const given = await runFairlead([...args, '--json', '--hf-config', 'My-Model-4B'], { cwd });
  const [slower, faster] = [own, given].map(
    ({ stdout }) =>
      comparisonSchema.parse(JSON.parse(stdout)).strategies[0]!.metrics.tpotP99Ms.mean!,
  );
  expect(faster! / slower!).toBeLessThan(0.8);
  const text = await runFairlead([...args, '--hf-config', 'My-Model-4B'], { cwd });
  expect(text.stdout).toContain('My-Model-4B (4.02B parameters, from its config.json)');
});

test('scenario show tells the memory of the model given', async () => {
  const cwd = folderWith(hfConfigs['gpt-oss-20b']);
  const args = ['scenario', 'show', 'azure-chat', '--hf-config', 'My-Model-4B'];
  const { stdout } = await runFairlead(args, { cwd });
  expect(stdout).toContain('Fleet: My-Model-4B (20.91B parameters, from its config.json)');
  expect(stdout).toMatch(/on each GPU 14\.4 GB of weights in mxfp4, .*\(error unknown\)/);
  expect(stdout).toContain('12 of 24 layers keep 128 tokens');
  const asJson = await runFairlead([...args, '--json'], { cwd });
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    model: { name: 'My-Model-4B', basis: 'config.json' },
    fleet: [{ weightFormat: 'mxfp4', stepTime: { basis: 'gpu' } }],
  });
});

test.each([
  ['is not there', undefined, /^nowhere: cannot be read .* Give the path of that file/],
  [
    'lacks a field',
    { hidden_size: 1024 },
    /^My-Model-4B: the field "num_hidden_layers" is missing/,
  ],
  [
    'is too large for the fleet',
    hfConfigs['DeepSeek-V3'],
    /^small\.yaml:\d+:5 fleet\[0\]: My-Model-4B on 1 × A100-80GB-SXM: the weights leave no memory/,
  ],
])('a config.json that %s is answered with one message', async (_what, config, message) => {
  const cwd = folderWith(config ?? {});
  const path = config === undefined ? 'nowhere' : 'My-Model-4B';
  const args = ['compare', 'small.yaml', '--hf-config', path];
  const { code, stdout, stderr } = await runFairlead(args, { cwd });
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
