import { afterEach, describe, expect, test } from 'vitest';
import { sha256Of } from '../../proxy/client/identify.ts';
import { type RunningProxy, startProxy } from './support/proxy.ts';
import { answerAtOnce, type Got, startUpstream, type Upstream } from './support/upstream.ts';

const chat = '/v1/chat/completions';
const patiently = { timeout: 30_000 };
const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(
  tiers: Readonly<Record<string, unknown>>,
  answer: (got: Got) => void = answerAtOnce,
  admission = {},
): Promise<[RunningProxy, Upstream]> {
  const upstream = await startUpstream(answer);
  closers.push(upstream.close);
  const keys = Object.keys(tiers).map((tier) => ({ sha256: sha256Of(tier), tenant: tier, tier }));
  const gateway = { admission: { tiers, ...admission } };
  proxy = await startProxy({ replicas: [upstream.url], keys, gateway, shutdownGrace: '0s' });
  return [proxy, upstream];
}

interface Asked {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** A client whose key is the name of its tier. */
async function ask(
  { url }: RunningProxy,
  tier: string,
  body: unknown = { messages: [] },
  contentType = 'application/json',
): Promise<Asked> {
  const headers = { authorization: `Bearer ${tier}`, 'content-type': contentType };
  const answer = await fetch(url + chat, { method: 'POST', body: JSON.stringify(body), headers });
  const { error } = (await answer.json()) as { error?: { code: string; message: string } };
  const retryAfter = answer.headers.get('retry-after');
  return { status: answer.status, retryAfter, code: error?.code, message: error?.message };
}

const window = (most: number, length = '60s') => [{ kind: 'sliding-window', most, window: length }];

/** A prompt of ids, whose length is what it says. */
const promptOf = (tokens: number) => ({ prompt: Array.from({ length: tokens }, () => 1) });

/** As vLLM tells it. */
function answerWith(usage: Readonly<Record<string, number>>) {
  return ({ response }: Got) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [], usage }));
  };
}

describe('requests', () => {
  test('the eleventh of a free client within a minute is refused, and nobody else is', async () => {
    const [running, { got }] = await start({
      free: { requests: window(10) },
      paid: { requests: window(60) },
      enterprise: {},
    });
    const beforeMs = performance.now();
    expect((await ask(running, 'free')).status).toBe(200);
    const afterMs = performance.now();
    for (let i = 1; i < 10; i++) expect((await ask(running, 'free')).status).toBe(200);
    const askedMs = performance.now();
    const refused = await ask(running, 'free');
    const answeredMs = performance.now();
    expect(refused).toMatchObject({ status: 429, code: 'request_rate_limit' });
    // The first of the ten must be a minute old; in whole seconds, rounded up (RFC 9110, 10.2.3).
    const retryAfterS = Number(refused.retryAfter);
    expect(retryAfterS).toBeGreaterThanOrEqual(Math.ceil(60 - (answeredMs - beforeMs) / 1_000));
    expect(retryAfterS).toBeLessThanOrEqual(Math.ceil(60 - (askedMs - afterMs) / 1_000));
    for (const [tier, count] of [
      ['paid', 60],
      ['enterprise', 70],
    ] as const) {
      for (let i = 0; i < count; i++) expect((await ask(running, tier)).status).toBe(200);
    }
    expect((await ask(running, 'paid')).status).toBe(429);
    expect(got.length).toBe(10 + 60 + 70);
  });

  test('who comes again when it was told to is served', async () => {
    const [running] = await start({ free: { requests: window(2, '1500ms') } });
    await ask(running, 'free');
    await ask(running, 'free');
    const { retryAfter } = await ask(running, 'free');
    expect(retryAfter).toBe('2');
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(retryAfter)));
    expect((await ask(running, 'free')).status).toBe(200);
  });

  test('so many may run at once, and one more when one has ended', async () => {
    const waiting: Got[] = [];
    const [running, { got }] = await start({ free: { concurrent: 2 } }, (one) => waiting.push(one));
    const asked = [ask(running, 'free'), ask(running, 'free')];
    await expect.poll(() => got.length, patiently).toBe(2);
    const refused = await ask(running, 'free');
    expect(refused).toMatchObject({ status: 429, code: 'concurrency_limit' });
    answerAtOnce(waiting.pop()!);
    await Promise.race(asked);
    const next = ask(running, 'free');
    await expect.poll(() => got.length, patiently).toBe(3);
    for (const one of waiting) answerAtOnce(one);
    expect((await Promise.all([...asked, next])).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
  });
});

describe('tokens', () => {
  const admission = { assumedOutputTokens: 100 };

  test('are charged by a guess while a request runs, and by its usage afterwards', async () => {
    const waiting: Got[] = [];
    const [running, { got }] = await start(
      { free: { tokens: window(400) } },
      (one) => waiting.push(one),
      admission,
    );
    const first = ask(running, 'free', promptOf(150));
    await expect.poll(() => got.length, patiently).toBe(1);
    // 250 are charged; 150 are left, and this one would take 100 + 51.
    expect(await ask(running, 'free', promptOf(51))).toMatchObject({
      status: 429,
      code: 'token_rate_limit',
      retryAfter: '60',
    });
    answerWith({ prompt_tokens: 150, completion_tokens: 10, total_tokens: 160 })(waiting.pop()!);
    expect((await first).status).toBe(200);
    // 160 were used; 240 are left.
    expect((await ask(running, 'free', promptOf(141))).status).toBe(429);
    const last = ask(running, 'free', promptOf(140));
    await expect.poll(() => got.length, patiently).toBe(2);
    answerAtOnce(waiting.pop()!);
    expect((await last).status).toBe(200);
  });

  test('of a prompt are what the usage says, not what was guessed', async () => {
    const usage = { prompt_tokens: 390, completion_tokens: 10, total_tokens: 400 };
    const [running] = await start({ free: { tokens: window(400) } }, answerWith(usage), admission);
    expect((await ask(running, 'free', { prompt: 'few letters, many tokens' })).status).toBe(200);
    expect((await ask(running, 'free', promptOf(1))).status).toBe(429);
  });

  test('of an answer are none where the usage has only those of the prompt', async () => {
    const usage = { prompt_tokens: 20, total_tokens: 20 };
    const [running] = await start({ free: { tokens: window(140) } }, answerWith(usage), admission);
    expect((await ask(running, 'free', promptOf(20))).status).toBe(200);
    expect((await ask(running, 'free', promptOf(20))).status).toBe(200);
  });

  test('that are more than there ever are have no time to come again', async () => {
    const [running] = await start({ free: { tokens: window(400) } }, answerAtOnce, admission);
    const refused = await ask(running, 'free', promptOf(301));
    expect(refused).toMatchObject({ status: 400, code: 'over_token_limit', retryAfter: null });
    expect((await ask(running, 'free', promptOf(300))).status).toBe(200);
  });

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
    'of a prompt have a limit, also in a body that calls itself %s',
    async (contentType) => {
      const [running, { got }] = await start({ free: { promptTokens: 100 } });
      const refused = await ask(running, 'free', promptOf(101), contentType);
      expect(refused).toMatchObject({ status: 400, code: 'prompt_too_long', retryAfter: null });
      expect((await ask(running, 'free', promptOf(100), contentType)).status).toBe(200);
      expect(got.length).toBe(1);
    },
  );
});
