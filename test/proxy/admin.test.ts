import { afterEach, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { type RunningProxy, setupOf, startProxy } from './support/proxy.ts';
import { answerAtOnce, startUpstream, type Upstream } from './support/upstream.ts';

let upstream: Upstream | undefined;
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  await upstream?.close();
});

const bearer = { authorization: 'Bearer secret' };

async function start(config = {}, readSetup?: () => ReturnType<typeof setupOf>) {
  upstream = await startUpstream(answerAtOnce);
  const keys = [{ sha256: 'a'.repeat(64), tenant: 'acme' }];
  const replicas = [{ name: 'a-1', url: upstream.url }];
  const all = { replicas, ...config };
  proxy = await startProxy(all, readSetup ?? (() => setupOf({ ...all, keys })));
  return proxy;
}

async function get(running: RunningProxy, path: string, init: RequestInit = {}) {
  const answer = await fetch(`${running.adminUrl}${path}`, { headers: bearer, ...init });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  };
}

test('nothing is to be had without the token, nor at the port of the clients', async () => {
  const running = await start();
  const paths = [
    '/metrics',
    '/admin/replicas',
    '/admin/config',
    '/admin/health',
    '/',
    '/v1/models',
  ];
  for (const path of paths) {
    for (const headers of [
      {},
      { authorization: 'Bearer secre' },
      { authorization: 'Basic secret' },
    ]) {
      expect([path, (await get(running, path, { headers })).status]).toEqual([path, 401]);
    }
  }
  for (const path of ['/metrics', '/admin/replicas', '/admin/reload']) {
    const answer = await fetch(`${running.url}${path}`, { headers: bearer });
    expect([path, answer.status]).toEqual([path, 404]);
  }
  expect(upstream!.got).toEqual([]);
});

test('nobody is let in when a reload has taken the token away', async () => {
  const running = await start();
  const replicas = [{ name: 'a-1', url: upstream!.url }];
  running.server.reload(setupOf({ replicas }, { adminToken: undefined }));
  for (const headers of [bearer, { authorization: 'Bearer undefined' }, {}]) {
    expect((await get(running, '/admin/health', { headers })).status).toBe(401);
  }
});

test('metrics may be open, and nothing else is then', async () => {
  const running = await start({ admin: { port: 0, openMetrics: true } });
  const { body, status } = await get(running, '/metrics', { headers: {} });
  expect([status, body.includes('fairlead_queue_length 0')]).toEqual([200, true]);
  expect((await get(running, '/admin/health', { headers: {} })).status).toBe(401);
});

test('it shows replicas, decisions, health and configuration', async () => {
  const running = await start({ tellStory: true });
  await fetch(`${running.url}/v1/completions`, {
    method: 'POST',
    body: '{}',
    headers: { 'x-request-id': 'mine' },
  });
  expect((await get(running, '/admin/replicas')).body).toMatchObject([
    { name: 'a-1', url: upstream!.url, state: 'up', weight: 1, inFlight: 0, waiting: null },
  ]);
  expect((await get(running, '/admin/decisions')).body).toMatchObject([
    { requestId: 'mine', replica: 'a-1', reason: 'first', inFlight: 1 },
  ]);
  expect((await get(running, '/admin/health')).body).toMatchObject({ isReady: true, inSystem: 0 });
  expect((await get(running, '/admin/config')).body).toMatchObject({ tellStory: true });
  expect((await get(running, '/admin/nothing')).status).toBe(404);
});

test('it drains, weighs and reloads, and says what was wrong', async () => {
  let isWrong = false;
  const running = await start({}, () => {
    if (isWrong) throw new FairleadError('CONFIG_INVALID', 'fairlead.yaml:1:1 no.');
    return setupOf({ replicas: [{ name: 'a-1', url: upstream!.url }], tellStory: true });
  });
  const post = (path: string, body?: string) =>
    get(running, path, {
      method: 'POST',
      headers: bearer,
      ...(body === undefined ? {} : { body }),
    });
  expect((await post('/admin/replicas/a-1/drain')).status).toBe(200);
  expect((await get(running, '/admin/health')).body).toMatchObject({ isReady: false });
  expect((await fetch(`${running.url}/health`)).status).toBe(503);
  expect((await post('/admin/replicas/a-1/undrain')).status).toBe(200);
  expect((await fetch(`${running.url}/health`)).status).toBe(200);
  expect((await post('/admin/replicas/a-1/weight', '{"weight": 3}')).status).toBe(200);
  expect((await get(running, '/admin/replicas')).body).toMatchObject([{ weight: 3 }]);
  for (const bad of ['{"weight": 0}', '{"weight": "3"}', 'weight', `"${'x'.repeat(5_000)}"`]) {
    expect((await post('/admin/replicas/a-1/weight', bad)).status).toBe(400);
  }
  expect((await post('/admin/replicas/b/drain')).body.error.message).toContain('Known: a-1');
  expect((await post('/admin/reload')).status).toBe(200);
  expect((await get(running, '/admin/config')).body).toMatchObject({ tellStory: true });
  isWrong = true;
  expect((await post('/admin/reload')).body.error.message).toMatch(
    /^fairlead.yaml:1:1 no\..*stays/,
  );
});

test('a token that went away with a reload lets nobody in, and breaks nothing', async () => {
  let hasToken = true;
  const running = await start({}, () => {
    const setup = setupOf({ replicas: [{ name: 'a-1', url: upstream!.url }] });
    return hasToken ? setup : { ...setup, adminToken: undefined };
  });
  hasToken = false;
  const reloaded = await get(running, '/admin/reload', { method: 'POST', headers: bearer });
  expect(reloaded.body.message).toContain('Only a restart changes the admin token');
  expect((await get(running, '/admin/health')).status).toBe(401);
  expect((await fetch(`${running.url}/health`)).status).toBe(200);
});
