import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { samples } from '../support/traces.ts';

// Whatever the reader of a trace advises can be written on the command line, and then stands in the
// scenario.

const mooncake = samples['mooncake-jsonl']!;
const rows = mooncake.trim().split('\n');
const files = {
  'unsorted.jsonl': [...rows].reverse().join('\n'),
  'small-blocks.jsonl':
    '{"timestamp": 0, "input_length": 33, "output_length": 5, "hash_ids": [1, 2, 3]}',
  'off-ticks.jsonl': mooncake.replace('3000', '1234'),
  'talks.json': samples['sharegpt-json']!,
};

test.each([
  ['unsorted.jsonl', ['--sort'], 'play: { sort: true }'],
  ['small-blocks.jsonl', ['--option', 'blockTokens=16'], 'options: { blockTokens: 16 }'],
  ['off-ticks.jsonl', ['--dequantize-ms', '0'], 'play: { dequantizeMs: 0 }'],
])('%s is refused with the advice to write %j, which is taken', async (file, advice, written) => {
  const cwd = folderWith(files);
  const args = ['scenario', 'import', file];
  const refused = await runFairlead(args, { cwd });
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain(`Write ${advice.join(' ')}`);
  await expectWritten(cwd, [...args, ...advice], written);
});

test.each([
  ['talks.json', '--sample-sessions 0.5', 'play: { sampleSessions: 0.5 }'],
  ['talks.json', '--option charactersPerToken=2', 'options: { charactersPerToken: 2 }'],
  [
    'small-blocks.jsonl',
    '--option unit=s --option blockTokens=16',
    'options: { unit: s, blockTokens: 16 }',
  ],
])('%s with %s', async (file, args, written) => {
  const cwd = folderWith(files);
  await expectWritten(cwd, ['scenario', 'import', file, ...args.split(' ')], written);
});

async function expectWritten(cwd: string, args: readonly string[], written: string) {
  const made = await runFairlead([...args, '-o', 'a.yaml'], { cwd });
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toContain(`${written}`);
  const valid = await runFairlead(['scenario', 'validate', 'a.yaml'], { cwd });
  expect([valid.code, valid.stderr]).toEqual([0, '']);
}

test('a trace without times has none to scale', async () => {
  const cwd = folderWith(files);
  const args = ['scenario', 'import', 'talks.json'];
  const { code, stderr } = await runFairlead([...args, '--rate-scale', '2'], { cwd });
  expect([code, stderr]).toEqual([64, expect.stringMatching(/^talks\.json: .* --rate-scale /)]);
  await runFairlead([...args, '-o', 'a.yaml'], { cwd });
  const made = readFileSync(join(cwd, 'a.yaml'), 'utf8');
  writeFileSync(
    join(cwd, 'a.yaml'),
    made.replace('talks.json,', 'talks.json, play: { rateScale: 2 },'),
  );
  const valid = await runFairlead(['scenario', 'validate', 'a.yaml'], { cwd });
  expect(valid.stderr).toMatch(/traffic\[0\]\.trace\.play\.rateScale: the trace has no times/);
});

test('where the trace is from stands in its imitation as well', async () => {
  const rows = Array.from({ length: 100 }, (_, row) => `${100 + row},20,0,0\n`).join('');
  const head = 'num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n';
  const cwd = folderWith({ 'rows.csv': head + rows });
  const args = ['scenario', 'import', 'rows.csv', '--fit', '--source', 'https://example.org/rows'];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect([code, stderr]).toEqual([0, '']);
  const made = readFileSync(join(cwd, 'rows.yaml'), 'utf8');
  expect(made).toContain('\n# The trace: https://example.org/rows\n');
});

test.each([
  ['unit', /Write a name and a value, such as unit=s, not "unit"/],
  ['block=16', /there is no key "block" here\. Did you mean "blockTokens"\?/],
])('--option %s is explained', async (option, message) => {
  const cwd = folderWith(files);
  const args = ['scenario', 'import', 'unsorted.jsonl', '--option', option];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect([code, stderr.trimEnd().split('\n').length]).toEqual([64, 1]);
  expect(stderr).toMatch(message);
});
