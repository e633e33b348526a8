import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { afterEach, expect, test } from 'vitest';
import { type Emulation, emulate, metric, until } from './support/emulation.ts';

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

async function start(options: Parameters<typeof emulate>[0] = {}, apiKey = 'any') {
  emulation = await emulate(options);
  const baseURL = `${emulation.url}/v1`;
  return new OpenAI({ baseURL, apiKey, maxRetries: 0, logLevel: 'off' });
}

const model = 'Llama-3.1-8B';
const chat = { model, messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }] };
/** What vLLM understands beyond the API of OpenAI. */
const exactly = (tokens: number) => ({ max_tokens: tokens, ignore_eos: true });

async function failureOf(call: Promise<unknown>): Promise<APIError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(APIError);
  return error as APIError;
}

test('gets a chat completion of the length it asks for', async () => {
  const client = await start();
  const answer = await client.chat.completions.create({ ...chat, ...exactly(12) });
  expect(answer.choices[0]!.message.content!.split(' ')).toHaveLength(12);
  expect(answer.choices[0]!.finish_reason).toBe('length');
  // Six words and signs, the role before them and that of the answer.
  expect(answer.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 12, total_tokens: 20 });
});

test('gets the same answer as a stream, with the usage at its end', async () => {
  const client = await start();
  const whole = await client.chat.completions.create({ ...chat, ...exactly(40) });
  const stream = await client.chat.completions.create({
    ...{ ...chat, ...exactly(40) },
    stream: true,
    stream_options: { include_usage: true },
  });
  const words: string[] = [];
  let usage: unknown;
  let role: unknown;
  let finish: unknown;
  for await (const chunk of stream) {
    const [choice] = chunk.choices;
    role ??= choice?.delta.role;
    finish = choice?.finish_reason ?? finish;
    if (choice?.delta.content) words.push(choice.delta.content);
    usage = chunk.usage ?? usage;
  }
  expect(words.join('')).toBe(whole.choices[0]!.message.content);
  expect(words).toHaveLength(40);
  expect([role, finish]).toEqual(['assistant', 'length']);
  expect(usage).toEqual({ prompt_tokens: 8, completion_tokens: 40, total_tokens: 48 });
});

test('gets the usage with every chunk', async () => {
  const client = await start();
  const options = { include_usage: true, continuous_usage_stats: true };
  const stream = await client.completions.create({
    ...{ model, prompt: 'Once upon a time', ...exactly(3) },
    stream: true,
    stream_options: options,
  });
  const counts: (number | undefined)[] = [];
  for await (const { usage } of stream) counts.push(usage?.completion_tokens);
  expect(counts).toEqual([1, 2, 3, 3]);
});

test('completes token ids, sixteen tokens if it does not say', async () => {
  const client = await start();
  const answer = await client.completions.create({
    ...{ model, prompt: [11, 12, 13], ignore_eos: true },
  } as OpenAI.CompletionCreateParamsNonStreaming);
  expect(answer.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 16 });
});

test('says how long an answer is by itself', async () => {
  const client = await start();
  const natural = { ...chat, vllm_xargs: { output_tokens: 33 } };
  const stopped = await client.chat.completions.create(natural);
  expect(stopped.usage!.completion_tokens).toBe(33);
  expect(stopped.choices[0]!.finish_reason).toBe('stop');
  const cut = await client.chat.completions.create({ ...natural, max_tokens: 20 });
  expect([cut.usage!.completion_tokens, cut.choices[0]!.finish_reason]).toEqual([20, 'length']);
  const longer = { ...natural, min_tokens: 50 };
  expect((await client.chat.completions.create(longer)).usage!.completion_tokens).toBe(50);
});

test('gets the same length for the same prompt, and others for others', async () => {
  const client = await start({ timeScale: 100 });
  const lengths = await Promise.all(
    ['one', 'two', 'three', 'four', 'one', 'two', 'three', 'four'].map(async (content) => {
      const messages = [{ role: 'user' as const, content }];
      const answer = await client.chat.completions.create({ model, messages });
      return answer.usage!.completion_tokens;
    }),
  );
  expect(lengths.slice(0, 4)).toEqual(lengths.slice(4));
  expect(new Set(lengths).size).toBe(4);
});

test('cancels a stream, and the engine lets go of it', async () => {
  const client = await start();
  const stream = await client.chat.completions.create({ ...chat, ...exactly(2_000), stream: true });
  const used = () => metric(emulation!, /^vllm:kv_cache_usage_perc/);
  let seen = 0;
  for await (const _chunk of stream) {
    seen += 1;
    if (seen < 5) continue;
    expect(await used()).toBeGreaterThan(0);
    break;
  }
  await until(async () => (await used()) === 0);
  expect(await metric(emulation!, /request_success.*"abort"/)).toBe(1);
  expect(await metric(emulation!, /^vllm:num_requests_running/)).toBe(0);
  expect(await metric(emulation!, /^vllm:generation_tokens_total/)).toBeLessThan(2_000);
});

test('lists the model, under the name it is served by', async () => {
  const client = await start({ servedModelName: 'mine' });
  const models = (await client.models.list()).data;
  expect(models).toMatchObject([{ id: 'mine', owned_by: 'vllm', max_model_len: 2_048 }]);
  const error = await failureOf(client.chat.completions.create(chat));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({ code: 404, type: 'NotFoundError', param: 'model' });
});

test('is told that its key is wrong', async () => {
  const client = await start({ apiKey: 'right' }, 'wrong');
  expect(await failureOf(client.models.list())).toBeInstanceOf(AuthenticationError);
  const knowing = client.withOptions({ apiKey: 'right' });
  expect((await knowing.chat.completions.create(chat)).choices).toHaveLength(1);
});

test.each([
  ['a prompt that is too long', { prompt: new Array(2_048).fill(7) }, /maximum context length/],
  ['a longer answer than there is room', { max_tokens: 2_046 }, /maximum context length.*2049/],
  ['several choices', { n: 2 }, /n > 1/],
  ['no tokens', { max_tokens: 0 }, /max_tokens/],
  ['a minimum above the maximum', { min_tokens: 9, max_tokens: 5 }, /min_tokens/],
  ['probabilities', { logprobs: 3 }, /logprobs/],
  ['several prompts', { prompt: ['a', 'b'] }, /one prompt/],
  ['options of a stream that is none', { stream_options: { include_usage: true } }, /stream/i],
])('is refused %s', async (_what, body, message) => {
  const client = await start();
  const asked = { model, prompt: 'Say it again', ...body } as never;
  const error = await failureOf(client.completions.create(asked));
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({ status: 400, code: 400, type: 'BadRequestError' });
  expect(error.message).toMatch(message);
});

test('is turned away where queues are capped', async () => {
  const client = await start({ caps: { maxNumQueuedReqs: 1 } });
  const stream = await client.chat.completions.create({ ...chat, ...exactly(2_000), stream: true });
  const error = await failureOf(client.chat.completions.create(chat));
  expect(error).toMatchObject({ status: 503, code: 503 });
  stream.controller.abort();
});
