import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  type ClientOptions,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { sha256Of } from '../../proxy/client/identify.ts';
import { type RunningProxy, startProxy, transports } from './support/proxy.ts';
import {
  answerAtOnce,
  beginStream,
  event,
  type Got,
  startUpstream,
  type Upstream,
} from './support/upstream.ts';

const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function upstreamOf(answer: (got: Got) => void, models?: string[]): Promise<Upstream> {
  const upstream = await startUpstream(answer, models);
  closers.push(upstream.close);
  return upstream;
}

interface Sides {
  readonly running: RunningProxy;
  readonly client: OpenAI;
}

/** The proxy before these replicas, and a client of it that tries nothing twice. */
async function start(
  transport: string,
  upstreams: readonly Upstream[],
  config = {},
  options: ClientOptions = {},
): Promise<Sides> {
  proxy = await startProxy({
    replicas: upstreams.map(({ url }) => url),
    upstream: { transport },
    strategy: 'round-robin',
    ...config,
  });
  const baseURL = `${proxy.url}/v1`;
  const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0, logLevel: 'off', ...options });
  return { running: proxy, client };
}

const messages = [{ role: 'user' as const, content: 'Say hi.' }];
const chat = { model: 'm', messages };
const streamed = { ...chat, stream: true as const };

const usageEvent = `data: ${JSON.stringify({
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
})}\n\n`;

function answerJson({ response }: Got, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** What a call of the client throws. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return expect.unreachable('there was no error');
}

/** All words of a stream, and what ends it, if that is an error. */
async function readAll(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const words: string[] = [];
  try {
    for await (const { choices } of stream) words.push(choices[0]?.delta.content ?? '');
  } catch (error) {
    return { words, error };
  }
  return { words, error: undefined };
}

describe.each(transports)('the official client by %s', (transport) => {
  test('gets a chat completion', async () => {
    const upstream = await upstreamOf(answerAtOnce);
    const { client, running } = await start(transport, [upstream]);
    const answer = await client.chat.completions.create({ ...chat, temperature: 0.5 });
    expect(answer.choices[0]!.message.content).toBe('Hi');
    expect(answer.usage).toEqual({ prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 });
    expect(answer._request_id).toBe(running.ended[0]!.requestId);
    expect(JSON.parse(upstream.got[0]!.body.toString())).toEqual({ ...chat, temperature: 0.5 });
    expect(running.ended[0]).toMatchObject({ promptTokens: 7, outputTokens: 2, model: 'm' });
  });

  test('streams, with the usage at the end', async () => {
    const upstream = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(event('Hel'));
      got.response.write(event('lo'));
      got.response.end(`${usageEvent}data: [DONE]\n\n`);
    });
    const { client, running } = await start(transport, [upstream]);
    const options = { include_usage: true };
    const stream = await client.chat.completions.create({ ...streamed, stream_options: options });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect([text, usage]).toEqual([
      'Hello',
      { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    ]);
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'ok', isStreamed: true, outputTokens: 2 });
  });

  test('cancels a stream, and the replica stops too', async () => {
    const upstream = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(event('one'));
    });
    const { client, running } = await start(transport, [upstream]);
    const stream = await client.chat.completions.create(streamed);
    for await (const chunk of stream) {
      expect(chunk.choices[0]!.delta.content).toBe('one');
      stream.controller.abort();
    }
    await upstream.got[0]!.aborted;
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'cancelled', attempts: 1 });
  });

  test('lists the models of all replicas', async () => {
    const upstreams = [
      await upstreamOf(answerAtOnce, ['llama', 'adapter']),
      await upstreamOf(answerAtOnce, ['llama', 'qwen']),
    ];
    const { client } = await start(transport, upstreams);
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(['llama', 'adapter', 'qwen']);
  });

  test('gets embeddings', async () => {
    const vector = Float32Array.of(0.5, -1, 3);
    const upstream = await upstreamOf((got) => {
      // The client asks for this form, which is shorter, unless it is told otherwise.
      const embedding = Buffer.from(vector.buffer).toString('base64');
      answerJson(got, 200, { object: 'list', data: [{ index: 0, embedding }] });
    });
    const { client } = await start(transport, [upstream]);
    const answer = await client.embeddings.create({ model: 'm', input: 'some text' });
    expect(answer.data[0]!.embedding).toEqual([...vector]);
    expect(upstream.got[0]!.request.url).toBe('/v1/embeddings');
  });

  test('is told that its key is wrong', async () => {
    const upstream = await upstreamOf(answerAtOnce);
    const keys = [{ sha256: sha256Of('right'), tenant: 'acme' }];
    const { client } = await start(transport, [upstream], { keys });
    const error = await failureOf(client.chat.completions.create(chat));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      type: 'invalid_request_error',
      param: null,
    });
    await client.withOptions({ apiKey: 'right' }).chat.completions.create(chat);
    expect(upstream.got.length).toBe(1);
  });

  test('is told of a model that is not there in the words of the replica', async () => {
    const message = 'The model `x` does not exist.';
    const code = 'model_not_found';
    const upstream = await upstreamOf((got) =>
      answerJson(got, 404, { error: { message, type: 'NotFoundError', param: 'model', code } }),
    );
    const { client } = await start(transport, [upstream]);
    const error = await failureOf(client.chat.completions.create({ ...chat, model: 'x' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code, param: 'model' });
    expect((error as APIError).message).toContain(message);
  });

  test('is told when to come again, and does so by itself', async () => {
    const upstream = await upstreamOf(answerAtOnce);
    const requests = [{ kind: 'sliding-window', most: 1, window: '1s' }];
    const gateway = { admission: { tiers: { default: { requests } } } };
    const { client, running } = await start(transport, [upstream], { gateway });
    await client.chat.completions.create(chat);
    const error = await failureOf(client.chat.completions.create(chat));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'request_rate_limit', type: 'rate_limit_error' });
    expect((error as APIError).headers!.get('retry-after')).toBe('1');
    await client.chat.completions.create(chat, { maxRetries: 1 });
    // The client cannot have waited for less than it was told to.
    expect(running.ended.map(({ status }) => status)).toEqual([200, 429, 429, 200]);
    const [, , refused, answered] = running.ended;
    expect(answered!.arrivalUs - refused!.endUs).toBeGreaterThan(990_000);
  });

  test('is told that nobody can take its request', async () => {
    const upstream = await upstreamOf(answerAtOnce);
    const gateway = { queue: { whenNoReplica: 'reject', retryAfter: '3s' } };
    const { client, running } = await start(transport, [upstream], { gateway });
    const [replica] = running.server.generation.replicas;
    running.server.operator.drain(replica!.name);
    const error = await failureOf(client.chat.completions.create(chat));
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'no_replica', type: 'server_error' });
    expect((error as APIError).headers!.get('retry-after')).toBe('3');
  });

  test('sees one good answer when the first replica dies before its own', async () => {
    const dying = await upstreamOf(({ request }) => request.socket.resetAndDestroy());
    const good = await upstreamOf(answerAtOnce);
    const { client, running } = await start(transport, [dying, good]);
    const answer = await client.chat.completions.create(chat);
    expect(answer.choices[0]!.message.content).toBe('Hi');
    expect([dying.got.length, good.got.length]).toEqual([1, 1]);
    expect(running.ended).toMatchObject([{ outcome: 'ok', attempts: 2, reason: 'retry' }]);
  });

  test('gives up by itself, and the replica stops too', async () => {
    const upstream = await upstreamOf(() => {});
    const { client, running } = await start(transport, [upstream]);
    const error = await failureOf(client.chat.completions.create(chat, { timeout: 150 }));
    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
    await upstream.got[0]!.aborted;
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'cancelled', attempts: 1 });
  });

  const whole = event('two');
  test.each([
    ['between events', ''],
    ['before anything is said', 'da'],
    ['before its object', 'data: '],
    ['in a key', whole.slice(0, whole.indexOf('delta') + 2)],
    ['after a key', whole.slice(0, whole.indexOf('delta') + 'delta"'.length)],
    ['before a value', whole.slice(0, whole.indexOf('delta') + 'delta":'.length)],
    ['in a word', whole.slice(0, whole.indexOf('two') + 2)],
    ['in an escape', 'data: {"choices":[],"text":"a\\u00'],
    ['in a number', 'data: {"choices":[],"a":-'],
    ['in a name', 'data: {"choices":[],"a":[tr'],
    ['after a comma', 'data: {"choices":[],"a":[1,'],
    ['before its end', whole.slice(0, -3)],
    ['before its last line end', whole.slice(0, -1)],
  ])('is told by our code that a stream broke %s', async (_where, half) => {
    const upstream = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(`${event('one')}${half}`);
    });
    const { client, running } = await start(transport, [upstream]);
    const stream = await client.chat.completions.create(streamed);
    for (const socket of upstream.connections) socket.resetAndDestroy();
    const { error, words } = await readAll(stream);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'stream_broken', type: 'server_error' });
    expect(words[0]).toBe('one');
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'failed', errorCode: 'stream_broken' });
  });
});
