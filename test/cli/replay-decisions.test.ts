import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { vllmMetricsPage } from '../../bench/proxy/vllm-metrics-page.ts';
import { type ReplayResult, replayLog } from '../../cli/replay-log.ts';
import { answerAtOnce, type Got, type Upstream } from '../proxy/support/upstream.ts';
import { patiently, startProgram, upstreamOf } from '../support/proxy-program.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const anywhere = 'listen: { host: 127.0.0.1, port: 0 }\nadmin: { port: 0 }\n';
const file = 'decisions.ndjson';

function configOf(upstreams: readonly Upstream[], strategy: string): string {
  const urls = upstreams.map(({ url }) => JSON.stringify(url)).join(', ');
  const fleet = `fleet: [{ name: a100, gpu: A100-80GB-SXM, replicas: ${upstreams.length} }]\n`;
  return `${anywhere}model: Llama-3.1-8B\n${fleet}replicas: [${urls}]\nstrategy: ${strategy}\n`;
}

async function ask(url: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Hi ${i}` }] });
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  }
}

/** As vLLM does, with metrics for who asks for them. */
function answer(got: Got): void {
  if (got.request.url !== '/metrics') answerAtOnce(got);
  else got.response.end(vllmMetricsPage([{ waiting: 1, running: 2, kvUsage: 0.1 }]));
}

/** A log of a proxy that a reload gave one more replica, and then another strategy. */
async function record(signal: 'SIGINT' | 'SIGKILL'): Promise<string> {
  const upstreams = [await upstreamOf(answer), await upstreamOf(answer)];
  const third = await upstreamOf(answer);
  const first = configOf(upstreams, 'predicted-finish');
  const { child, cwd, exited, says, url } = await startProgram(first, {}, ['--record', file]);
  const reload = async (config: string, said: RegExp) => {
    writeFileSync(join(cwd, 'fairlead.yaml'), config);
    child.kill('SIGHUP');
    await says(said);
  };
  await ask(url, 20);
  await expect.poll(() => readFileSync(join(cwd, file), 'utf8'), patiently).toContain('"reported"');
  await reload(configOf([...upstreams, third], 'predicted-finish'), /: 3 replicas by predicted/);
  await ask(url, 20);
  await reload(configOf([...upstreams, third], 'random'), /: 3 replicas by random/);
  await ask(url, 20);
  const path = join(cwd, file);
  if (signal === 'SIGKILL') {
    // What was written has to reach the disk by itself.
    await expect.poll(() => readFileSync(path, 'utf8'), { timeout: 5_000 }).toMatch(/\[2,\d+,"end/);
  }
  child.kill(signal);
  await exited;
  return readFileSync(path, 'utf8');
}

async function replay(text: string, more: readonly string[] = ['--json']) {
  const cwd = folderWith({ [file]: text });
  const ran = await runFairlead(['replay-decisions', file, ...more], { cwd });
  return { ...ran, result: () => JSON.parse(ran.stdout) as ReplayResult };
}

test('every pick of a proxy is the same again, over reloads and to the last', {
  timeout: 60_000,
}, async () => {
  const text = await record('SIGINT');
  const { code, result, stderr } = await replay(text);
  expect([code, stderr]).toEqual([0, '']);
  const gateways = [
    { gateway: 1, strategy: { name: 'predicted-finish' }, picks: 40, differing: 0 },
    { gateway: 2, strategy: { name: 'random' }, picks: 20, differing: 0 },
  ];
  expect(result()).toMatchObject({ picks: 60, differing: 0, isComplete: true, gateways });
  expect(text).toContain('"added"');
  expect(text).toContain('"reported"');
  await findsChanges(text);
  await findsHoles(text);
});

async function findsChanges(text: string): Promise<void> {
  const lines = text.split('\n');
  const picks = lines.flatMap((line, at) => (line.includes('"pick"') ? [at] : []));
  const at = picks[45]!;
  const fields = JSON.parse(lines[at]!) as unknown[];
  const changed = lines.with(at, JSON.stringify(fields.with(-1, 'hold'))).join('\n');
  const found = await replay(changed);
  expect(found.code).toBe(1);
  expect(found.result()).toMatchObject({ picks: 60, differing: 1 });
  expect(found.result().differences).toMatchObject([{ line: at + 1, id: 46, recorded: 'hold' }]);
  const shown = await replay(changed, []);
  expect(shown.stdout).toMatch(
    /^ {2}line \d+, request 46, attempt 1: hold, and again 127\.0\.0\.1:/m,
  );
  expect(shown.stdout).toMatch(/^1 of 60 picks differ\.$/m);
  const seed = /"seed":\d+,"stream":"strategy\/generation-2"/.exec(text)![0];
  const other = await replay(text.replace(seed, seed.replace(/\d+/, '7')));
  expect(other.code).toBe(1);
  expect(other.result().gateways[0]!.differing).toBe(0);
  expect(other.result().gateways[1]!.differing).toBeGreaterThan(3);
}

async function findsHoles(text: string): Promise<void> {
  const lines = text.split('\n');
  for (const at of [0, 1, 5, 30, lines.length - 3]) {
    const { code, stderr, stdout } = await replay(lines.toSpliced(at, 1).join('\n'));
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^decisions\.ndjson:\d+ .*\[DECISIONS_INVALID\]\n$/);
  }
}

test('a log of a proxy that was killed is replayed as far as it goes', {
  timeout: 60_000,
}, async () => {
  const text = await record('SIGKILL');
  for (const torn of [text, text.slice(0, text.lastIndexOf('"') + 1)]) {
    const { code, result, stderr } = await replay(torn);
    expect(stderr).toMatch(/decisions\.ndjson: the log has no end: the proxy was killed/);
    expect(code).toBe(0);
    expect(result()).toMatchObject({ differing: 0, isComplete: false });
    expect(result().picks).toBeGreaterThan(50);
  }
});

const head = '{"kind":"fairlead-decisions","schemaVersion":1,"version":"0.1.0"}\n';
const brain =
  '[1,0,"brain",{"strategy":{"name":"random","options":{}},"seed":1,"stream":"s","groups":["g"]}]\n';

test.each([
  ['nothing', '', /decisions\.ndjson:1 the file is empty\./],
  ['something else', '{"a": 1}\n', /decisions\.ndjson:1 this is no decision log\. "fairlead proxy/],
  [
    'another version',
    head.replace(':1,', ':2,'),
    /:1 Fairlead 0\.1\.0 has written it in version 2/,
  ],
  ['no JSON', `${head}${brain}[1,1,"pick"\n`, /decisions\.ndjson:3 this is not JSON\./],
  ['no entry', `${head}{}\n`, /decisions\.ndjson:2 this is not an entry/],
  ['an unknown kind', `${head}${brain}[1,1,"pock"]\n`, /:3 there is no entry of the kind "pock"/],
  ['a field too few', `${head}${brain}[1,1,"left",5,[]]\n`, /decisions\.ndjson:3 field .*left/],
  ['a text for a number', `${head}${brain}[1,1,"left","a",[],0]\n`, /:3 field 1 of a left: /],
  ['an unknown replica', `${head}${brain}[1,1,"left",5,[],0]\n`, /:3 no entry .* replica 0/],
  ['an index of no fleet', `${head}${brain}[1,1,"left",5,[],4294967295]\n`, /:3 field 3 of a left/],
  ['an unknown strategy', `${head}${brain.replace('random', 'randm')}`, /:2 .*"randm".*"random"/],
  [
    'unknown options',
    `${head}${brain.replace('{}', '{"a":1}')}`,
    /decisions\.ndjson:2 no strategy .*"a"/,
  ],
  ['something after the end', `${head}${brain}["end",2]\n${brain}`, /:4 .*after the end/],
])('%s is a complaint with its line', async (_what, text, complaint) => {
  const replaying = replayLog(join(folderWith({ [file]: text }), file));
  await expect(replaying).rejects.toThrow(complaint);
  await expect(replaying).rejects.toMatchObject({ name: 'FairleadError' });
});

test('a log without a pick decides nothing', async () => {
  const { code, result } = await replay(`${head}${brain}["end",2]\n`);
  expect(code).toBe(2);
  expect(result()).toMatchObject({ picks: 0, isComplete: true });
});

test('a file that is not there is said', async () => {
  const { code, stderr } = await runFairlead(['replay-decisions', '/no/such.ndjson']);
  expect(stderr).toBe('/no/such.ndjson: there is no such file. [DECISIONS_UNREADABLE]\n');
  expect(code).toBe(64);
});

test('a record that is there already is kept', async () => {
  const config = `${anywhere}replicas: ["http://127.0.0.1:1"]\naccessLog: access.ndjson\n`;
  const cwd = folderWith({ 'fairlead.yaml': config, [file]: 'mine' });
  const ran = await runFairlead(['proxy', 'fairlead.yaml', '--record', file], { cwd });
  expect(ran.stderr).toMatch(/decisions\.ndjson: there is such a file, .*\[OUTPUT_NOT_WRITABLE\]/m);
  expect(ran.code).toBe(64);
  expect(readFileSync(join(cwd, file), 'utf8')).toBe('mine');
});
