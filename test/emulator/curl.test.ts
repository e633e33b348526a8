import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect } from 'vitest';
import { testWith } from '../support/programs.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { type Emulation, emulate, metric, until } from './support/emulation.ts';

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '--max-time', '20', ...args]);
  return stdout;
}

const body = JSON.stringify({ prompt: [1, 2], max_tokens: 4, ignore_eos: true, stream: true });

testWith('curl')('gets a stream, by either version of HTTP', async () => {
  emulation = await emulate();
  const address = emulation.address('/v1/completions');
  for (const version of ['--http1.1', '--http1.0']) {
    const answer = await curl('-i', version, '-d', body, address);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream/i);
    const events = answer.slice(answer.indexOf('\r\n\r\n') + 4).split('\n\n');
    expect(events, version).toHaveLength(6);
    const words = events.slice(0, 4).map((one) => JSON.parse(one.slice(6)).choices[0]);
    expect(words.map(({ text }) => text.trim().length)).toEqual([4, 4, 4, 4]);
    expect(words.map((choice) => choice.finish_reason)).toEqual([null, null, null, 'length']);
    expect(events.slice(4)).toEqual(['data: [DONE]', '']);
  }
});

testWith('curl')('finds the other paths of vLLM', async () => {
  emulation = await emulate();
  const at = (path: string) => emulation!.address(path);
  const status = ['-o', '/dev/null', '-w', '%{http_code}'];
  expect(await curl(...status, at('/health'))).toBe('200');
  expect(await curl(...status, at('/ping'))).toBe('200');
  expect(await curl(...status, at('/nowhere'))).toBe('404');
  expect(await curl(...status, at('/v1/completions'))).toBe('405');
  expect(await curl(...status, '-d', '{', at('/v1/completions'))).toBe('400');
  expect(JSON.parse(await curl(at('/load')))).toEqual({ server_load: 0 });
  expect(JSON.parse(await curl(at('/version')))).toEqual({ version: '0.30.0' });
  const text = { prompt: 'Tell me more, in 12345 words!', return_token_strs: true };
  const tokenized = JSON.parse(await curl('-d', JSON.stringify(text), at('/tokenize')));
  const strings = ['Tell', ' me', ' more', ',', ' in', ' 123', '45', ' words', '!'];
  expect(tokenized).toMatchObject({ count: 9, max_model_len: 2_048, token_strs: strings });
  const tokens = JSON.stringify({ tokens: tokenized.tokens });
  const back = JSON.parse(await curl('-d', tokens, at('/detokenize')));
  expect(back).toEqual({ prompt: text.prompt });
});

testWith('curl')('gets a chat with its usage, and errors in the words of vLLM', async () => {
  emulation = await emulate({ caps: { maxNumQueuedReqs: 1 } });
  const address = emulation.address('/v1/chat/completions');
  const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
  const asked = { messages, max_tokens: 3, ignore_eos: true, stream: true };
  const options = { stream_options: { include_usage: true } };
  const answer = await curl('-N', '--json', JSON.stringify({ ...asked, ...options }), address);
  const events = answer.trim().split('\n\n');
  expect(events.at(-1)).toBe('data: [DONE]');
  const { choices, usage } = JSON.parse(events.at(-2)!.slice(6));
  expect(choices).toEqual([]);
  expect(usage).toEqual({ prompt_tokens: 8, completion_tokens: 3, total_tokens: 11 });
  // Bodies of more than a megabyte are announced, and sent when the server says so.
  const folder = folderWith({ 'long.json': JSON.stringify({ prompt: 'word '.repeat(300_000) }) });
  const long = ['--json', `@${folder}/long.json`, emulation.address('/v1/completions')];
  const tooLong = JSON.parse(await curl(...long));
  expect(tooLong.error).toMatchObject({ code: 400, type: 'BadRequestError' });
  expect(tooLong.error.message).toMatch(/maximum context length is 2048 tokens/);
});

testWith('curl')('that is ended by its time limit takes its request along', async () => {
  emulation = await emulate();
  const long = JSON.stringify({ prompt: [1, 2], max_tokens: 2_000, ignore_eos: true });
  const leaving = curl('--max-time', '0.5', '-d', long, emulation.address('/v1/completions'));
  await expect(leaving).rejects.toMatchObject({ code: 28 });
  await until(async () => (await metric(emulation!, /request_success.*"abort"/)) === 1);
  expect(await metric(emulation, /^vllm:kv_cache_usage_perc/)).toBe(0);
});
