import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerTail } from '../../../proxy/client/answer-tail.ts';

const count = fc.integer({ min: 0, max: 10 ** 9 });
const words = fc.constantFrom('', 'Hello', '"usage": {"prompt_tokens": 7}', 'ünï\n\n{"usage":1}');
const counts = fc.record({ prompt: count, cached: fc.option(count), output: count });
type Counts = typeof counts extends fc.Arbitrary<infer Value> ? Value : never;

function usageOf({ prompt, cached, output }: Counts, api: 'chat' | 'responses') {
  const [of, to] = api === 'chat' ? ['prompt', 'completion'] : ['input', 'output'];
  const details = cached === null ? null : { cached_tokens: cached };
  return {
    [`${of}_tokens`]: prompt,
    total_tokens: prompt + output,
    [`${to}_tokens`]: output,
    [`${of}_tokens_details`]: details,
  };
}

function factsOf(bytes: Buffer, pieceBytes = bytes.length) {
  const tail = new AnswerTail(bytes.subarray(0, pieceBytes));
  for (let at = pieceBytes; at < bytes.length; at += pieceBytes) {
    tail.add(bytes.subarray(at, at + pieceBytes));
  }
  return tail.facts;
}

function written(value: unknown, isSpaced: boolean): string {
  return isSpaced ? JSON.stringify(value, null, 1) : JSON.stringify(value);
}

const api = fc.constantFrom('chat', 'responses');
const facts = ({ prompt, cached, output }: Counts) => ({
  promptTokens: prompt,
  cachedTokens: cached ?? Number.NaN,
  outputTokens: output,
});

test('an answer says how many tokens it took, whatever its text says', () => {
  fc.assert(
    fc.property(counts, words, api, fc.boolean(), (said, content, kind, isSpaced) => {
      const choices = [{ message: { content }, finish_reason: 'stop' }];
      const body = written({ id: 'a', choices, usage: usageOf(said, kind) }, isSpaced);
      expect(factsOf(Buffer.from(body))).toEqual({ ...facts(said), finishReason: 'stop' });
    }),
  );
});

test('so does the last event of a stream', () => {
  fc.assert(
    fc.property(
      counts,
      words,
      api,
      fc.integer({ min: 1_100 }),
      (said, content, kind, pieceBytes) => {
        const chunk = { choices: [{ delta: { content }, finish_reason: null }], usage: null };
        const last = { choices: [{ delta: {}, finish_reason: 'length' }], usage: null };
        const events = [chunk, chunk, last, { choices: [], usage: usageOf(said, kind) }];
        const stream = `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
        expect(factsOf(Buffer.from(stream), pieceBytes)).toEqual({
          ...facts(said),
          finishReason: 'length',
        });
      },
    ),
  );
});

test('SGLang says it of its own interface by another name', () => {
  const meta = {
    finish_reason: { type: 'stop' },
    prompt_tokens: 5,
    completion_tokens: 16,
    cached_tokens: 4,
  };
  const body = JSON.stringify({ text: 'Hello', meta_info: meta });
  expect(factsOf(Buffer.from(body))).toMatchObject({
    promptTokens: 5,
    cachedTokens: 4,
    outputTokens: 16,
  });
});

test('without usage each event but the last was a token', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (tokens) => {
      const event = `data: ${JSON.stringify({ choices: [{ delta: { content: 'a' } }] })}\n\n`;
      const tail = new AnswerTail(Buffer.from(event));
      for (let i = 1; i < tokens; i++) tail.add(Buffer.from(event));
      tail.add(Buffer.from('data: [DONE]\n\n'));
      expect(tail.facts).toMatchObject({ promptTokens: Number.NaN, outputTokens: tokens });
    }),
  );
});
