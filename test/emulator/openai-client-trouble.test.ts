import OpenAI, { APIConnectionTimeoutError, BadRequestError } from 'openai';
import { afterEach, expect, test } from 'vitest';
import { type Emulation, emulate, metric, until } from './support/emulation.ts';

// What the client of OpenAI does by itself when something goes wrong, and what it is told.

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

/** A client, and the status of each answer it has got. */
async function start(options: Parameters<typeof emulate>[0] = {}, more: object = {}) {
  emulation = await emulate(options);
  const statuses: number[] = [];
  const client = new OpenAI({
    ...{ baseURL: `${emulation.url}/v1`, apiKey: 'any', maxRetries: 0, logLevel: 'off' },
    fetch: async (...asked: Parameters<typeof fetch>) => {
      const answer = await fetch(...asked);
      statuses.push(answer.status);
      return answer;
    },
    ...more,
  });
  return { client, statuses, server: emulation.servers[0]! };
}

const model = 'Llama-3.1-8B';
const chat = { model, messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }] };
const long = { ...chat, max_tokens: 2_000, ignore_eos: true, stream: true as const };

test('its helper for streams puts the answer together', async () => {
  const { client } = await start();
  const stream = client.chat.completions.stream({
    ...chat,
    max_tokens: 9,
    ...{ ignore_eos: true },
  });
  const whole = await stream.finalChatCompletion();
  expect(whole.choices[0]).toMatchObject({
    finish_reason: 'length',
    message: { role: 'assistant' },
  });
  expect(whole.choices[0]!.message.content!.split(' ')).toHaveLength(9);
});

test('comes again when queues were full, and is served when they are not', async () => {
  const { client, statuses } = await start({ caps: { maxNumQueuedReqs: 1 } }, { maxRetries: 9 });
  const stream = await client.chat.completions.create(long);
  const second = client.chat.completions.create({ ...chat, max_tokens: 5 });
  await until(() => statuses.includes(503));
  stream.controller.abort();
  expect((await second).usage!.completion_tokens).toBe(5);
  expect(statuses.slice(0, 2)).toEqual([200, 503]);
  expect(statuses.at(-1)).toBe(200);
});

test('gives up on a server that hangs, and is served by it afterwards', async () => {
  const { client, server } = await start({}, { timeout: 300 });
  server.applyFault({ kind: 'hang' });
  const error = await client.chat.completions.create(chat).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(APIConnectionTimeoutError);
  server.applyFault({ kind: 'none' });
  const patient = client.withOptions({ timeout: 10_000 });
  const answer = await patient.chat.completions.create({ ...chat, max_tokens: 5 });
  expect(answer.choices).toHaveLength(1);
});

test('notices that a server dies in the middle of a stream', async () => {
  const { client, server } = await start();
  let chunks = 0;
  const reading = async () => {
    for await (const _chunk of await client.chat.completions.create(long)) {
      chunks += 1;
      if (chunks === 5) server.applyFault({ kind: 'fail-fast' });
    }
  };
  await expect(reading()).rejects.toThrow();
  expect(chunks).toBeGreaterThanOrEqual(5);
  expect(chunks).toBeLessThan(2_000);
  const error = await client.models.list().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ status: 500, type: 'InternalServerError' });
});

test('cancels an answer that is not a stream, and the engine lets go of it', async () => {
  const { client } = await start();
  const leaving = new AbortController();
  const answer = client.chat.completions.create(
    { ...long, stream: false },
    { signal: leaving.signal },
  );
  await until(async () => (await metric(emulation!, /^vllm:num_requests_running/)) === 1);
  leaving.abort();
  await expect(answer).rejects.toThrow(/abort/i);
  await until(async () => (await metric(emulation!, /^vllm:num_requests_running/)) === 0);
  expect(await metric(emulation!, /request_success.*"abort"/)).toBe(1);
});

const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];

test.each([
  ['tools', { tools }, /does not do tools/],
  ['probabilities', { logprobs: true, top_logprobs: 2 }, /does not do logprobs/],
  ['JSON', { response_format: { type: 'json_object' } }, /does not do response_format/],
  ['several choices', { n: 2 }, /does not do n > 1/],
])('is refused %s of a chat, with what to do instead', async (_what, body, message) => {
  const { client } = await start();
  const asked = { ...chat, ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming;
  const error = await client.chat.completions.create(asked).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as Error).message).toMatch(message);
});

test('may have tools that are not to be called, and text for a format', async () => {
  const { client } = await start();
  const body = { tools, tool_choice: 'none', response_format: { type: 'text' }, max_tokens: 5 };
  const asked = { ...chat, ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming;
  const answer = await client.chat.completions.create(asked);
  expect(answer.usage!.completion_tokens).toBeLessThanOrEqual(5);
});
