import { readFileSync } from 'node:fs';
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
