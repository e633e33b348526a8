import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect } from 'vitest';
import { testWith } from '../support/programs.ts';
import { type Emulation, emulate } from './support/emulation.ts';

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
