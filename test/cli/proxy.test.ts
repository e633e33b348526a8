import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sha256Of } from '../../proxy/client/identify.ts';
import { answerAtOnce, beginStream, event } from '../proxy/support/upstream.ts';
import { patiently, startProgram, upstreamOf } from '../support/proxy-program.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const anywhere = 'listen: { host: 127.0.0.1, port: 0 }\nadmin: { port: 0 }\n';
const someReplica = 'replicas: ["http://127.0.0.1:1"]\n';

function ask(url: string, headers = {}): Promise<Response> {
  const body = '{"model":"m","messages":[]}';
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers });
}

const a100 = 'model: Llama-3.1-8B\nfleet: [{ name: a100, gpu: A100-80GB-SXM, replicas: 1 }]\n';

test.each([
  ['', /^fairlead\.yaml is right: 1 replica by least-requests\n$/],
  [`strategy: predicted-finish\n${a100}`, /is right: 1 replica by predicted-finish\n$/],
  [
    'gateway: { routers: 2 }\n',
    /gateway\.routers: this process is one .* Ignored\.\n[\s\S]* is right/,
  ],
])('--check says that a configuration is right: %j', async (more, said) => {
  const cwd = folderWith({ 'fairlead.yaml': `${someReplica}${more}` });
  const { code, stderr } = await runFairlead(['proxy', '--check', 'fairlead.yaml'], { cwd });
  expect(stderr).toMatch(said);
  expect(code).toBe(0);
});

const hash = 'a'.repeat(64);
test.each([
  ['an unknown key', `${someReplica}listn: {}\n`, /^fairlead\.yaml:2:1 listn: .*"listen"/],
  ['no replicas', 'tellStory: true\n', /^fairlead\.yaml:1:1 replicas: /],
  ['bad YAML', 'replicas: [\n', /^fairlead\.yaml:\d+:\d+ not valid YAML/],
  ['a path', 'replicas: ["http://a:1/v1"]\n', /^fairlead\.yaml:1:12 replicas\[0\]: .*path/],
  ['a number', `${someReplica}listen: { port: 99999 }\n`, /^fairlead\.yaml:2:17 listen\.port: /],
  ['a replica twice', 'replicas: ["http://a:1", "http://a:1"]\n', /^fairlead\.yaml:1:26 .*twice/],
  [
    'a tier that is not there',
    `${someReplica}keys: [{ sha256: ${hash}, tenant: a, tier: fre }]\ngateway: { admission: { tiers: { free: {} } } }\n`,
    /^fairlead\.yaml:2:\d+ keys\[0\]\.tier: .*"fre".*"free"/,
  ],
  [
    'a strategy that has to know the fleet',
    `${someReplica}strategy: predicted-finish\n`,
    /^fairlead\.yaml:2:11 strategy: predicted-finish .*"model: …" and "fleet: …"/,
  ],
  [
    'a file of a key that is not there',
    `${someReplica}upstream: { apiKeyFile: /nowhere/key }\n`,
    /^\/nowhere\/key: there is no such file\./,
  ],
])('%s is a complaint with its place, and no stack trace', async (_what, config, complaint) => {
  const cwd = folderWith({ 'fairlead.yaml': config });
  const { code, stderr, stdout } = await runFairlead(['proxy', '--check', 'fairlead.yaml'], {
    cwd,
  });
  expect(stderr).toMatch(complaint);
  expect(stderr).toMatch(/\[(CONFIG_INVALID|CONFIG_UNREADABLE|CONFIG_SYNTAX)\]\n$/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect([code, stdout]).toEqual([64, '']);
});

test('a file that is not there is said, and so is that none was named', async () => {
  const missing = await runFairlead(['proxy', 'no-such.yaml']);
  expect(missing.stderr).toBe('no-such.yaml: there is no such file. [CONFIG_UNREADABLE]\n');
  const unnamed = await runFairlead(['proxy']);
  expect(unnamed.stderr).toMatch(/^Name a configuration: fairlead proxy fairlead\.yaml \[USAGE\]/);
  expect([missing.code, unnamed.code]).toEqual([64, 64]);
});

test('--hash-key prints what the configuration wants of a key', async () => {
  const { code, stdout } = await runFairlead(['proxy', '--hash-key'], { input: 'my key\n' });
  expect([code, stdout]).toEqual([0, `${sha256Of('my key')}\n`]);
});

test.each(['clients', 'admin'])('a port of the %s that somebody has is said', async (whose) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const [own, admin] = whose === 'clients' ? [port, 0] : [0, port];
  const listen = `listen: { host: 127.0.0.1, port: ${own} }\nadmin: { port: ${admin} }\n`;
  const cwd = folderWith({ 'fairlead.yaml': `${someReplica}${listen}` });
  const env = { FAIRLEAD_ADMIN_TOKEN: 'secret' };
  const { code, stderr } = await runFairlead(['proxy', 'fairlead.yaml'], { cwd, env });
  expect(stderr).toContain(`127.0.0.1:${port}: `);
  expect(stderr).toMatch(
    /EADDRINUSE.* Choose another address or port, or stop who has it\. \[LISTEN_FAILED\]/,
  );
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(64);
});

test('after SIGTERM a stream finishes, nothing new is taken, and all is well', async () => {
  const upstream = await upstreamOf((got) => {
    beginStream(got);
    got.response.write(event('one'));
  });
  const replicas = `replicas: ["${upstream.url}"]\naccessLog: access.ndjson\n`;
  const { child, cwd, exited, output, says, url } = await startProgram(`${anywhere}${replicas}`);
  const answer = await ask(url);
  child.kill('SIGTERM');
  await says(/shutting down; streams may go on for 60s/);
  await expect(ask(url)).rejects.toThrow('fetch failed');
  upstream.got[0]!.response.end('data: [DONE]\n\n');
  expect(await answer.text()).toBe(`${event('one')}data: [DONE]\n\n`);
  expect(await exited).toEqual([0, null]);
  const [line] = readFileSync(join(cwd, 'access.ndjson'), 'utf8').trimEnd().split('\n');
  expect(JSON.parse(line!)).toMatchObject({ outcome: 'ok', status: 200, isStreamed: true });
  expect(output.stdout).toBe('');
});

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
] as const)('after %s a %s ends it at once', async (first, second) => {
  const upstream = await upstreamOf((got) => {
    beginStream(got);
    got.response.write(event('one'));
  });
  const started = await startProgram(`${anywhere}replicas: ["${upstream.url}"]\n`);
  const answer = await ask(started.url);
  started.child.kill(first);
  await started.says(/shutting down/);
  started.child.kill(second);
  expect(await started.exited).toEqual([1, null]);
  await expect(answer.text()).rejects.toThrow();
});

test('SIGHUP reads the file again, and a wrong one changes nothing', async () => {
  const [before, after] = [await upstreamOf(answerAtOnce), await upstreamOf(answerAtOnce)];
  const { child, cwd, says, url } = await startProgram(`${anywhere}replicas: ["${before.url}"]\n`);
  const file = join(cwd, 'fairlead.yaml');
  expect((await ask(url)).status).toBe(200);
  writeFileSync(file, `${anywhere}replicas: ["${after.url}"]\nstrategy: randm\n`);
  child.kill('SIGHUP');
  await says(
    /^fairlead\.yaml:4:11 .*"random".* \[.*\]\nThe configuration before this one stays\.$/m,
  );
  expect((await ask(url)).status).toBe(200);
  writeFileSync(file, `${anywhere}replicas: ["${after.url}"]\nstrategy: random\n`);
  child.kill('SIGHUP');
  await says(/^fairlead\.yaml was read again: 1 replica by random$/m);
  expect((await ask(url)).status).toBe(200);
  expect([before.got.length, after.got.length]).toEqual([2, 1]);
});

test('the access log is a file that SIGUSR2 begins anew, and has no keys in it', async () => {
  const upstream = await upstreamOf(answerAtOnce);
  const keys = `keys: [{ sha256: ${sha256Of('my-key')}, tenant: acme }]\n`;
  const config = `${anywhere}replicas: ["${upstream.url}"]\naccessLog: access.ndjson\n${keys}`;
  const secrets = { FAIRLEAD_UPSTREAM_KEY: 'upstream-key', FAIRLEAD_ADMIN_TOKEN: 'my-token' };
  const { child, cwd, exited, output, url } = await startProgram(config, secrets);
  const linesOf = (name: string) => {
    const lines = readFileSync(join(cwd, name), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { requestId: string }).requestId);
  };
  const logged = async (name: string, id: string) => {
    await ask(url, { 'x-request-id': id, authorization: 'Bearer my-key' });
    await expect.poll(() => linesOf(name), patiently).toContain(id);
  };
  await logged('access.ndjson', 'first');
  renameSync(join(cwd, 'access.ndjson'), join(cwd, 'old.ndjson'));
  child.kill('SIGUSR2');
  await expect.poll(() => linesOf('access.ndjson'), patiently).toEqual([]);
  await logged('access.ndjson', 'second');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect([linesOf('old.ndjson'), linesOf('access.ndjson')]).toEqual([['first'], ['second']]);
  expect(upstream.got[0]!.request.headers.authorization).toBe('Bearer upstream-key');
  const all = ['old.ndjson', 'access.ndjson'].map((name) => readFileSync(join(cwd, name), 'utf8'));
  for (const secret of ['my-key', 'upstream-key', 'my-token', sha256Of('my-key')]) {
    expect([...all, output.stderr].join('\n')).not.toContain(secret);
  }
});

test('a strategy that forecasts serves when it knows the fleet', async () => {
  const upstream = await upstreamOf(answerAtOnce);
  const config = `${anywhere}replicas: ["${upstream.url}"]\nstrategy: predicted-finish\n${a100}`;
  const { url } = await startProgram(config);
  for (let i = 0; i < 3; i++) expect((await ask(url)).status).toBe(200);
  // Its metrics are read as well.
  const posted = upstream.got.filter(({ request }) => request.method === 'POST');
  expect(posted.length).toBe(3);
});
