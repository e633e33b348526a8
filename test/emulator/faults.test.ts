import { afterEach, expect, test } from 'vitest';
import { type Emulation, emulate, metric, post, until } from './support/emulation.ts';

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

const long = { prompt: [1, 2, 3], max_tokens: 2_000, ignore_eos: true, stream: true };
const short = { prompt: [1, 2, 3], max_tokens: 5, ignore_eos: true };

async function faulty(fault: object): Promise<Emulation> {
  emulation = await emulate();
  expect(await (await post(emulation.address('/fault'), fault)).json()).toEqual(fault);
  return emulation;
}

interface Body {
  readonly usage?: { readonly completion_tokens: number };
  readonly error?: { readonly message: string };
}

const jsonOf = async (answer: Response) => (await answer.json()) as Body;

/** A stream of which the first tokens are there. */
async function begin(running: Emulation) {
  const answer = await post(running.address('/v1/completions'), long);
  const reader = answer.body!.getReader();
  await reader.read();
  return reader;
}

async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<unknown> {
  try {
    while (!(await reader.read()).done);
    return undefined;
  } catch (error) {
    return error;
  }
}

const answers = async ({ address }: Emulation) => {
  const answer = await post(address('/v1/completions'), short).catch(() => undefined);
  return answer?.status === 200 && (await jsonOf(answer)).usage?.completion_tokens === 5;
};

test('a crash breaks all connections, refuses others, and is over when it says', async () => {
  emulation = await emulate();
  const reader = await begin(emulation);
  await post(emulation.address('/fault'), { kind: 'crash', for: '300ms' });
  expect(await rest(reader)).toBeInstanceOf(Error);
  const refused = await fetch(emulation.address('/health')).catch((error: Error) => error.cause);
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  await until(() => answers(emulation!));
  // A new process counts from zero.
  expect(await metric(emulation, /request_success.*"length"/)).toBe(1);
});

test('a replica that hangs takes requests and says nothing more', async () => {
  emulation = await emulate();
  const reader = await begin(emulation);
  await post(emulation.address('/fault'), { kind: 'hang' });
  let isAnswered = false;
  const health = fetch(emulation.address('/health')).then(
    () => {
      isAnswered = true;
    },
    () => 'broken',
  );
  // A hundred steps of 2 ms bring nothing.
  const { ended } = await Promise.race([
    rest(reader).then(() => ({ ended: true })),
    new Promise<{ ended: boolean }>((resolve) => setTimeout(() => resolve({ ended: false }), 200)),
  ]);
  expect([ended, isAnswered]).toEqual([false, false]);
  await post(emulation.address('/fault'), { kind: 'none' });
  expect(await health).toBe('broken');
  // The client may still take one of the connections that the end of the fault broke.
  await until(() => answers(emulation!));
});

test('a replica that fails fast answers every request at once, with an error', async () => {
  const running = await faulty({ kind: 'fail-fast' });
  const answer = await post(running.address('/v1/completions'), short);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ error: { type: 'InternalServerError', code: 500 } });
  for (const path of ['/health', '/ping']) {
    expect((await fetch(running.address(path))).status).toBe(503);
  }
  await post(running.address('/fault'), { kind: 'none' });
  expect(await answers(running)).toBe(true);
});

test('a request for one engine of several is refused, and not given to another', async () => {
  emulation = await emulate();
  const headers = { 'x-data-parallel-rank': '1' };
  const answer = await post(emulation.address('/v1/completions'), short, { headers });
  expect(answer.status).toBe(400);
  expect((await jsonOf(answer)).error?.message).toMatch(/X-data-parallel-rank/);
});

test('a slow replica takes so many times as long for its steps', async () => {
  const running = await faulty({ kind: 'slow', factor: 10 });
  await (await post(running.address('/v1/completions'), short)).json();
  const seconds = await metric(running, /^vllm:inter_token_latency_seconds_sum/);
  expect(seconds).toBeCloseTo(4 * 0.02, 9);
  await post(running.address('/fault'), { kind: 'none' });
  await (await post(running.address('/v1/completions'), short)).json();
  const both = await metric(running, /^vllm:inter_token_latency_seconds_sum/);
  expect(both - seconds).toBeCloseTo(4 * 0.002, 9);
});

test.each([
  [{ kind: 'broken' }, /Kinds are none, slow/],
  [{ kind: 'crash' }, /for/],
  [{ kind: 'slow', factor: 0 }, /factor/],
  [{ kind: 'hang', for: 'long' }, /duration/],
  [{ kind: 'hang', for: '720h' }, /24 days/],
])('refuses the fault %j', async (fault, message) => {
  emulation = await emulate();
  const answer = await post(emulation.address('/fault'), fault);
  expect(answer.status).toBe(400);
  expect((await jsonOf(answer)).error?.message).toMatch(message);
});
