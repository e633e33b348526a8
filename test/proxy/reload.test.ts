import { afterEach, describe, expect, test } from 'vitest';
import { type RunningProxy, setupOf, startProxy, transports } from './support/proxy.ts';
import { answerAtOnce, beginStream, event, type Got, startUpstream } from './support/upstream.ts';

const chat = '/v1/chat/completions';
const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function upstreamOf(answer: (got: Got) => void) {
  const upstream = await startUpstream(answer);
  closers.push(upstream.close);
  return upstream;
}

function ask({ url }: RunningProxy): Promise<Response> {
  return fetch(`${url}${chat}`, { method: 'POST', body: '{}' });
}

const port = 0;
const listen = { host: '127.0.0.1', port };

describe.each(transports)('by %s', (transport) => {
  test.each([
    ['another strategy', { strategy: 'random' }],
    ['another policy', { gateway: {} }],
    ['without its replica', {}],
  ])('a stream goes on over a reload with %s', async (_what, change) => {
    const streaming = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(event('one'));
    });
    const other = await upstreamOf(answerAtOnce);
    const config = { listen, upstream: { transport } };
    proxy = await startProxy({ ...config, replicas: [streaming.url] });
    const answer = await ask(proxy);
    proxy.server.reload(setupOf({ ...config, replicas: [other.url], ...change }));
    for (let i = 0; i < 3; i++) expect((await ask(proxy)).status).toBe(200);
    expect([streaming.got.length, other.got.length]).toEqual([1, 3]);
    streaming.got[0]!.response.end('data: [DONE]\n\n');
    expect(await answer.text()).toBe(`${event('one')}data: [DONE]\n\n`);
    await proxy.until(4);
    expect(proxy.server.inSystem).toBe(0);
  });

  test('a hundred reloads under load drop nothing', { timeout: 60_000 }, async () => {
    const upstreams = await Promise.all(
      [1, 2, 3, 4].map(() =>
        upstreamOf((got) => {
          beginStream(got);
          const { response } = got;
          let left = 5;
          const timer = setInterval(() => {
            if (left-- > 0) response.write(event('word'));
            else {
              clearInterval(timer);
              response.end('data: [DONE]\n\n');
            }
          }, 2);
        }),
      ),
    );
    const urls = upstreams.map(({ url }) => url);
    const config = { listen, upstream: { transport } };
    const running = await startProxy({ ...config, replicas: urls });
    proxy = running;
    let isOver = false;
    const bad: string[] = [];
    const client = async () => {
      while (!isOver) {
        const text = await (await ask(running)).text();
        if (text !== `${event('word').repeat(5)}data: [DONE]\n\n`) bad.push(text);
      }
    };
    const clients = Array.from({ length: 20 }, client);
    for (let reload = 0; reload < 100; reload++) {
      const replicas = urls.filter((_, index) => index !== reload % 5);
      const strategy = ['least-requests', 'round-robin', 'random'][Math.floor(reload / 10) % 3];
      running.server.reload(setupOf({ ...config, replicas, strategy }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    isOver = true;
    await Promise.all(clients);
    expect(bad).toEqual([]);
    expect(running.ended.length).toBeGreaterThan(200);
    expect(running.ended.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    await expect.poll(() => running.server.inSystem).toBe(0);
  });
});

test('a replica that an operator has drained stays so over a reload', async () => {
  const [first, second] = [await upstreamOf(answerAtOnce), await upstreamOf(answerAtOnce)];
  const replicas = [
    { name: 'first', url: first.url },
    { name: 'second', url: second.url },
  ];
  proxy = await startProxy({ replicas, strategy: 'round-robin' });
  const { operator } = proxy.server;
  expect(operator.drain('third')).toMatchObject({ ok: false });
  expect(operator.drain('first')).toMatchObject({ ok: true });
  const askFour = async () => {
    for (let i = 0; i < 4; i++) await (await ask(proxy!)).text();
    return first.got.length;
  };
  expect(await askFour()).toBe(0);
  proxy.server.reload(setupOf({ replicas, strategy: 'round-robin', tellStory: true }));
  expect(await askFour()).toBe(0);
  proxy.server.reload(setupOf({ replicas, strategy: 'random' }));
  expect(await askFour()).toBe(0);
  operator.undrain('first');
  for (let i = 0; i < 5; i++) await askFour();
  expect(first.got.length).toBeGreaterThan(0);
});
