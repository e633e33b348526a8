import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { samples } from '../support/traces.ts';

/** Rows a second apart; enough for a run, and not too many. */
function azureRows(rows: number, bad: readonly number[] = []): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const minute = String(Math.floor(row / 60)).padStart(2, '0');
    const second = String(row % 60).padStart(2, '0');
    const tokens = bad.includes(row) ? 'many' : 100 + row;
    return `2023-11-16 18:${minute}:${second}.0000000,${tokens},20`;
  });
  return ['TIMESTAMP,ContextTokens,GeneratedTokens', ...lines].join('\r\n');
}

const timed = Object.keys(samples).filter((kind) => !/sharegpt|vidur/.test(kind));

describe('fairlead scenario import', () => {
  test.each(Object.keys(samples))('makes a scenario of %s that is valid', async (kind) => {
    const cwd = folderWith({ trace: samples[kind]! });
    const made = await runFairlead(['scenario', 'import', 'trace', '-o', 'a.yaml'], { cwd });
    expect(made.stderr).toBe('');
    expect(made.code).toBe(0);
    expect(made.stdout).toContain(`trace: ${kind}, `);
    const text = readFileSync(join(cwd, 'a.yaml'), 'utf8');
    expect(text).toContain(`# trace: ${kind}, `);
    expect(/arrivals: \{ kind: poisson/.test(text)).toBe(!timed.includes(kind));
    const checked = await runFairlead(['scenario', 'validate', 'a.yaml'], { cwd });
    expect([checked.code, checked.stdout, checked.stderr]).toEqual([0, 'a.yaml: ok\n', '']);
  });

  test('the scenario plays the trace, and threads give the same as one run', async () => {
    const cwd = folderWith({ 'chat.csv': azureRows(300) });
    const imported = ['scenario', 'import', 'chat.csv', '--format', 'azure', '--rate-scale', '3'];
    const fleet = ['--gpu', 'H200-SXM', '--replicas', '2', '--json'];
    const { stdout } = await runFairlead([...imported, ...fleet], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'chat.yaml', facts: { rows: 300 } });
    const path = join(cwd, 'chat.yaml');
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/gpu: H200-SXM\n {4}replicas: 2\n/);
    writeFileSync(path, text.replace('warmup: 2m\nduration: 10m', 'warmup: 0s\nduration: 20s'));
    const compare = ['compare', 'chat.yaml', '-s', 'random', '-s', 'round-robin', '--json'];
    const [compared, simulated] = await Promise.all([
      runFairlead([...compare, '--seeds', '2', '-o', 'a'], { cwd }),
      runFairlead(['simulate', 'chat.yaml', '-s', 'random', '--json', '-o', 'b'], { cwd }),
    ]);
    const [both, one] = [JSON.parse(compared.stdout), JSON.parse(simulated.stdout)];
    const [metrics, alone] = [both.strategies[0].metrics, one.strategies[0].metrics];
    expect(metrics.ttftP99Ms.perSeed[0]).toBe(alone.ttftP99Ms.perSeed[0]);
    expect(new Set(metrics.ttftP99Ms.perSeed).size).toBe(2);
    expect(one.scenario.traffic[0].arrivals).toBe('trace, file chat.csv, rows 300');
    // Three times one row a second, for twenty seconds.
    expect(one.strategies[0].outcomes.ok).toBe(60);
  });

  test('does not overwrite what is there, unless it must', async () => {
    const cwd = folderWith({ 'chat.csv': azureRows(3), 'chat.yaml': 'mine' });
    const refused = await runFairlead(['scenario', 'import', 'chat.csv'], { cwd });
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/^chat\.yaml is there already\. Write --force .* --out\./);
    expect(readFileSync(join(cwd, 'chat.yaml'), 'utf8')).toBe('mine');
    const forced = await runFairlead(['scenario', 'import', 'chat.csv', '--force'], { cwd });
    expect([forced.code, forced.stderr]).toEqual([0, '']);
  });

  test('tells the line of a damaged row, and leaves out as many as it may', async () => {
    const cwd = folderWith({ 'chat.csv': azureRows(9, [4, 6]) });
    const args = ['scenario', 'import', 'chat.csv'];
    const strict = await runFairlead(args, { cwd });
    expect([strict.code, strict.stdout]).toEqual([64, '']);
    expect(strict.stderr).toMatch(/^chat\.csv:6: ContextTokens is "many"/);
    const one = await runFairlead([...args, '--skip-bad', '1'], { cwd });
    expect(one.stderr).toMatch(/^chat\.csv:8: .*after 1 bad rows that skipBad allowed/);
    const two = await runFairlead([...args, '--skip-bad', '2'], { cwd });
    expect(two.code).toBe(0);
    expect(two.stdout).toMatch(
      /7 rows[\s\S]*left out: 2 bad\n {2}chat\.csv:6:.*\n {2}chat\.csv:8:/,
    );
    const checked = await runFairlead(['scenario', 'validate', 'chat.yaml'], { cwd });
    expect(checked.stderr).toMatch(/^chat\.csv: 2 bad rows were left out\.\n {2}chat\.csv:6:/);
  });

  test.each([
    [['no-such.csv'], /no-such\.csv: there is no such file/],
    [
      ['chat.csv', '--format', 'azur'],
      /there is no trace format "azur"\. Did you mean "azure-csv"/,
    ],
    [['chat.csv', '--format', 'mooncake'], /^chat\.csv:1: /],
    [['chat.csv', '--gpu', 'H200'], /^--gpu H200: there is no GPU "H200"\. Did you mean/],
    [['chat.csv', '--model', 'llama'], /^--model llama: there is no model "llama"\. /],
    [['chat.csv', '--model', 'Llama-3.1-70B'], /^Llama-3\.1-70B on 1 × A100-80GB-SXM: the weights/],
    [['chat.csv', '--name', 'My: chat'], /^--name My: chat: /],
    [['.'], /^\.: this is a folder, and without the chunk files of ServeGen\. Write the path/],
    [['empty.csv'], /^empty\.csv: the file is empty\. /],
    [['chat.csv', '--until', 'x'], /Write a number from 0 to 1000000000, not "x"/],
    [['chat.csv', '--from', '3600'], /none of its 3 rows is played\. Check fromS/],
    [['notes.txt'], /none of the trace formats looks like this/],
  ])('%j is answered with exit code 64', async (args, message) => {
    const files = { 'chat.csv': azureRows(3), 'notes.txt': 'to do:\n', 'empty.csv': '' };
    const cwd = folderWith(files);
    const { code, stderr, stdout } = await runFairlead(['scenario', 'import', ...args], { cwd });
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('fairlead scenario import --fit', () => {
  test('writes a scenario that needs no trace, and says how well it fits', async () => {
    const cwd = folderWith({ 'chat.csv': azureRows(300) });
    const args = ['scenario', 'import', 'chat.csv', '--fit'];
    const { code, stderr, stdout } = await runFairlead(args, { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/trace +fitted +off by\n {2}requests\/s +1\.00 +1\.00 +0\.\d %\n/);
    expect(stdout).toMatch(/prompt tokens, p50 +250 +2\d\d +\d\.\d %\n/);
    const text = readFileSync(join(cwd, 'chat.yaml'), 'utf8');
    expect(text).toMatch(/# {3}prompt tokens, p50: 250, 2\d\d, \d\.\d %\n/);
    expect(text).toMatch(/tenant: imitation\n {4}arrivals: \{ kind: constant, rate: 1 \}\n/);
    expect(text).not.toMatch(/file:/);
    writeFileSync(join(cwd, 'chat.csv'), 'gone');
    const shown = await runFairlead(['scenario', 'show', 'chat.yaml', '--json'], { cwd });
    expect([shown.code, shown.stderr]).toEqual([0, '']);
  });

  test('of a trace with blocks draws sessions that share them', async () => {
    // Sixteen tokens for all, sixteen for a session, and sixteen more in its second turn.
    const rows = Array.from({ length: 200 }, (_, row) => {
      const ids = [0, 10 + (row >> 1), ...(row % 2 === 1 ? [1_000 + row] : [])];
      const parent = row % 2 === 1 ? row - 1 : -1;
      const [tokens, turn] = [16 * ids.length, 1 + (row % 2)];
      return `{"chat_id": ${row}, "parent_chat_id": ${parent}, "timestamp": ${row * 0.7}, "input_length": ${tokens}, "output_length": 9, "type": "text", "turn": ${turn}, "hash_ids": ${JSON.stringify(ids)}}\n`;
    });
    const cwd = folderWith({ 'a.jsonl': rows.join('') });
    const args = ['scenario', 'import', 'a.jsonl', '--fit', '--json'];
    const { stderr, stdout } = await runFairlead(args, { cwd });
    expect(stderr).toBe('');
    const figures = JSON.parse(stdout).fit as { name: string; trace: number; fitted: number }[];
    const hits = figures.find(({ name }) => name.startsWith('hits'))!;
    // Of eighty tokens of a session, sixteen are known at first and thirty-two later.
    expect(hits.trace).toBeCloseTo((100 * (200 * 16 + 100 * 16 - 16)) / 8_000, 6);
    expect(Math.abs(hits.fitted / hits.trace - 1)).toBeLessThan(0.05);
    const text = readFileSync(join(cwd, 'a.yaml'), 'utf8');
    // As long as what went before the requests of the comparison: the span of the trace.
    expect(text).toContain(`\nwarmup: ${Math.ceil((0.7 * (rows.length - 1)) / 60)}m\n`);
    expect(text).toContain('heads: [[0, 16]]');
    expect(text).toContain('[1, [[0, 0, 0, 16, 9], [0.7, 1, 16, 16, 9]]]');
  });

  test('refuses what is too short to tell anything', async () => {
    const cwd = folderWith({ 'chat.csv': azureRows(99) });
    const args = ['scenario', 'import', 'chat.csv', '--fit'];
    const { code, stderr } = await runFairlead(args, { cwd });
    expect([code, stderr]).toEqual([64, expect.stringMatching(/chat\.csv: 99 rows; a fit takes/)]);
  });
});

describe('a scenario with a trace', () => {
  const scenario = (entry: string) => `name: played
summary: A trace.
model: Llama-3.1-8B
fleet: [{ name: a, gpu: A100-80GB-SXM, replicas: 2 }]
traffic:
  - tenant: chat
    trace: ${entry}
`;
  const validate = (cwd: string, name = 'a.yaml') =>
    runFairlead(['scenario', 'validate', name], { cwd });

  test('finds the file from its own folder first, and from the working directory', async () => {
    const cwd = folderWith({ 'here.csv': azureRows(3) });
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'sub', 'there.csv'), azureRows(3));
    for (const file of ['here.csv', 'there.csv']) {
      writeFileSync(join(cwd, 'sub', 'a.yaml'), scenario(`{ file: ${file} }`));
      expect((await validate(cwd, 'sub/a.yaml')).stderr).toBe('');
    }
  });

  test.each([
    ['{ file: no.csv }', '7:12 traffic[0].trace: there is no file no.csv.'],
    ['{ file: no.csv, source: "https://x.org/no.csv" }', 'Get it from: https://x.org/no.csv'],
    ['{ file: a.csv, format: mooncake }', '7:12 traffic[0].trace: a.csv:1: '],
    ['{ file: bad.csv }', '7:12 traffic[0].trace: bad.csv:3: ContextTokens is "many"'],
    ['{ file: lengths.csv }', '7:12 traffic[0].trace: the trace has no times. Write arrivals'],
    [
      '{ file: a.csv }\n    arrivals: { kind: poisson, rate: 1 }',
      'the rows of the trace have times',
    ],
    [
      '{ file: a.csv, play: { rateScale: 100000 } }',
      '7:20 traffic[0].trace.file: a trace of 9 rows',
    ],
    ['{ file: a.csv, options: { blockTokens: 5 } }', 'there is no key "blockTokens" here'],
  ])('%s is explained with its place', async (entry, message) => {
    const files = { 'a.csv': azureRows(9), 'bad.csv': azureRows(9, [1]) };
    const lengths = { 'lengths.csv': samples['vidur-csv']!, 'a.yaml': scenario(entry) };
    const { code, stderr, stdout } = await validate(folderWith({ ...files, ...lengths }));
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^a\.yaml:\d+:\d+ traffic\[0\]/);
    expect(stderr).toContain(message);
  });
});
