import { afterEach, describe, expect, test } from 'vitest';
import { sha256Of } from '../../proxy/client/identify.ts';
import { type RunningProxy, setupOf, startProxy, transports } from './support/proxy.ts';
import { answerAtOnce, type Got, startUpstream, type Upstream } from './support/upstream.ts';

const secrets = ['key-of-acme', 'key-of-umbrella', 'key-of-initech', 'key-of-the-replicas'];
const [acme, umbrella, initech, replicaKey] = secrets as [string, string, string, string];

const keys = [
  { sha256: sha256Of(acme), tenant: 'acme', tier: 'free' },
  { sha256: sha256Of(umbrella), tenant: 'umbrella', tier: 'paid' },
  { sha256: sha256Of(initech), tenant: 'initech', tier: 'enterprise' },
];
const perMinute = (most: number) => ({ requests: [{ kind: 'sliding-window', most }] });
/** As in the example that is shipped. */
const tiers = { free: perMinute(10), paid: perMinute(60), enterprise: {} };
const tiered = { keys, gateway: { admission: { tiers } } };

const patiently = { timeout: 30_000 };
const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(
  config: Readonly<Record<string, unknown>>,
  answer: (got: Got) => void = answerAtOnce,
  upstreamKey?: string,
): Promise<[RunningProxy, Upstream]> {
  const upstream = await startUpstream(answer);
  closers.push(upstream.close);
  const all = { replicas: [upstream.url], ...config };
  proxy = await startProxy(all, undefined, { upstreamKey });
  return [proxy, upstream];
}

interface Asked {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly code: string | undefined;
}

async function ask(
  { url }: Pick<RunningProxy, 'url'>,
  headers: Readonly<Record<string, string>>,
  body = '{"model":"m","messages":[]}',
): Promise<Asked> {
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers });
  const text = await answer.text();
  const parsed = JSON.parse(text) as { error?: { code?: string } };
  const retryAfter = answer.headers.get('retry-after');
  return { status: answer.status, retryAfter, text, code: parsed.error?.code };
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function statusesOf(count: number, asking: () => Promise<Asked>): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await asking()).status);
  return statuses;
}

describe('who a client is', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['a bearer', bearer(acme), 'acme'],
    ['a bearer in other letters', { authorization: `bEARER   ${umbrella} ` }, 'umbrella'],
    ['an x-api-key', { 'x-api-key': initech }, 'initech'],
    ['nothing', {}, undefined],
    ['an empty bearer', { authorization: 'Bearer ' }, undefined],
    ['a key of nobody', bearer('key-of-acm'), undefined],
    ['a key with more behind it', bearer(`${acme}x`), undefined],
    ['a hash instead of its key', bearer(sha256Of(acme)), undefined],
    ['a key as another scheme', { authorization: `Basic ${acme}` }, undefined],
    ['a wrong bearer beside a right x-api-key', { ...bearer('x'), 'x-api-key': acme }, undefined],
  ])('with %s', async (_what, headers, tenant) => {
    const [running, { got }] = await start(tiered);
    const { code, status } = await ask(running, headers);
    await running.until(1);
    if (tenant === undefined) {
      expect([status, code, got.length]).toEqual([401, 'invalid_api_key', 0]);
      expect(running.ended[0]).toMatchObject({ tenant: '', tier: undefined, outcome: 'rejected' });
    } else {
      const { tier } = keys.find((key) => key.tenant === tenant)!;
      expect([status, got.length]).toEqual([200, 1]);
      expect(running.ended[0]).toMatchObject({ tenant, tier, outcome: 'ok' });
    }
  });

  test('models are for those with a key too, and health is for all', async () => {
    const [{ url }] = await start(tiered);
    const statusOf = async (path: string, headers = {}) =>
      (await fetch(`${url}${path}`, { headers })).status;
    expect(await statusOf('/v1/models')).toBe(401);
    expect(await statusOf('/v1/models', bearer(acme))).toBe(200);
    expect(await statusOf('/health')).toBe(200);
  });

  test('other keys hold for new requests as soon as they are read', async () => {
    const [running, { url }] = await start(tiered);
    const other = 'key-of-hooli';
    const reload = (changed: typeof keys) =>
      running.server.reload(setupOf({ ...tiered, replicas: [url], keys: changed }));
    reload([{ sha256: sha256Of(other), tenant: 'hooli', tier: 'paid' }, ...keys.slice(1)]);
    expect((await ask(running, bearer(acme))).status).toBe(401);
    expect((await ask(running, bearer(other))).status).toBe(200);
    expect(running.ended.at(-1)).toMatchObject({ tenant: 'hooli', tier: 'paid' });
  });

  test('a tenant has the limits of its new tier as soon as they are read, and the old ones again', async () => {
    const [running, { url }] = await start(tiered);
    const reload = (tier: string) =>
      running.server.reload(
        setupOf({ ...tiered, replicas: [url], keys: [{ ...keys[0]!, tier }, ...keys.slice(1)] }),
      );
    const asking = () => ask(running, bearer(acme));
    expect(await statusesOf(11, asking)).toEqual([...Array(10).fill(200), 429]);
    reload('enterprise');
    expect(await statusesOf(12, asking)).toEqual(Array(12).fill(200));
    reload('free');
    // What it used before is not forgotten: going to and fro buys nothing.
    expect((await asking()).status).toBe(429);
  });
});

describe.each(transports)('what a replica is told by %s', (transport) => {
  const sent = { ...bearer(acme), 'x-api-key': acme };
  test.each<[string, boolean, string | undefined, (string | undefined)[]]>([
    ['nothing', false, undefined, [undefined, undefined]],
    ['the key of the proxy', false, replicaKey, [`Bearer ${replicaKey}`, undefined]],
    ['the key of the client, when it is to be', true, undefined, [`Bearer ${acme}`, acme]],
    ['that instead of the key of the proxy', true, replicaKey, [`Bearer ${acme}`, acme]],
  ])('%s', async (_what, forwardClientKey, upstreamKey, expected) => {
    const upstreamConfig = { transport, forwardClientKey };
    const config = { ...tiered, upstream: upstreamConfig };
    const [running, { got }] = await start(config, answerAtOnce, upstreamKey);
    expect((await ask(running, sent)).status).toBe(200);
    const { headers, rawHeaders } = got[0]!.request;
    expect([headers.authorization, headers['x-api-key']]).toEqual(expected);
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names.filter((name) => name.toLowerCase() === 'authorization').length).toBe(
      expected[0] === undefined ? 0 : 1,
    );
  });

  test('the key of the proxy, even if a client calls that header one of its connection', async () => {
    const upstreamConfig = { transport };
    const [running, { got }] = await start({ upstream: upstreamConfig }, answerAtOnce, replicaKey);
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      const headers = { connection: 'close, authorization, x-request-id', 'x-request-id': 'mine' };
      const path = '/v1/chat/completions';
      request({ port: running.port, path, method: 'POST', headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      }).end('{}');
    });
    expect(status).toBe(200);
    expect(got[0]!.request.headers).toMatchObject({
      authorization: `Bearer ${replicaKey}`,
      'x-request-id': 'mine',
    });
  });
});

test('a new key of the replicas holds for all that they are asked', async () => {
  const [running, { asides, got, url }] = await start({}, answerAtOnce, replicaKey);
  const keysOf = (path: string) =>
    asides.filter(({ url }) => url === path).map(({ headers }) => headers.authorization);
  // Newcomers are asked for their models.
  await expect.poll(() => keysOf('/v1/models'), patiently).toEqual([`Bearer ${replicaKey}`]);
  const next = 'the-next-key-of-the-replicas';
  running.server.reload(setupOf({ replicas: [url] }, { upstreamKey: next }));
  expect((await ask(running, {})).status).toBe(200);
  expect((await fetch(`${running.url}/v1/models`)).status).toBe(200);
  expect(got[0]!.request.headers.authorization).toBe(`Bearer ${next}`);
  expect(new Set(keysOf('/v1/models').slice(1))).toEqual(new Set([`Bearer ${next}`]));
  await expect.poll(() => keysOf('/health'), patiently).toContain(`Bearer ${next}`);
});

test('keys are nowhere to be read', async () => {
  const gateway = { ...tiered.gateway, monitor: {} };
  const [running, { got }] = await start({ ...tiered, gateway }, answerAtOnce, replicaKey);
  const answers = [
    await ask(running, bearer(acme)),
    await ask(running, { 'x-api-key': umbrella }),
    await ask(running, bearer(`${acme}-wrong`)),
    ...(await Promise.all(Array.from({ length: 11 }, () => ask(running, bearer(acme))))),
  ];
  expect(answers.map(({ status }) => status)).toContain(429);
  const admin = { headers: { authorization: 'Bearer secret' } };
  const pages = await Promise.all(
    ['/metrics', '/admin/config', '/admin/decisions', '/admin/replicas', '/admin/health'].map(
      async (path) => (await fetch(`${running.adminUrl}${path}`, admin)).text(),
    ),
  );
  const told = [
    ...pages,
    ...answers.map(({ text }) => text),
    ...running.said,
    JSON.stringify(running.ended),
  ].join('\n');
  expect(told).toContain('umbrella');
  for (const key of secrets) {
    expect(told).not.toContain(key);
    expect(told).not.toContain(sha256Of(key));
  }
  const forwarded = JSON.stringify(got.map(({ request }) => request.rawHeaders));
  for (const key of [acme, umbrella]) expect(forwarded).not.toContain(key);
});
