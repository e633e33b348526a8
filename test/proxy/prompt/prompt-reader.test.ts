import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromptFeatures } from '../../../proxy/prompt/prompt-features.ts';
import { PromptReader } from '../../../proxy/prompt/prompt-reader.ts';

const json = { 'content-type': 'application/json' };
const full = new PromptReader({ needsPrefix: true, countsText: true, blockTokens: 16 });
const lean = new PromptReader({ needsPrefix: false, countsText: false, blockTokens: 16 });

function read(body: unknown, by = full, headers: Record<string, string> = json): PromptFeatures {
  const written = typeof body === 'string' ? body : JSON.stringify(body);
  return by.read(Buffer.from(written), headers);
}

const user = (content: unknown) => ({ role: 'user', content });

describe('what a body says', () => {
  test.each([full, lean])(
    'of its model, its stream, its length, its user and its priority',
    (by) => {
      const body = { model: 'é/x', messages: [user('hi')], stream: true, user: 'u', priority: -3 };
      expect(read({ ...body, max_tokens: 7 }, by)).toMatchObject({
        ...{ isKnown: true, model: 'é/x', isStreamed: true, maxTokens: 7, user: 'u', priority: -3 },
      });
      expect(read({ model: 'm', prompt: 'x' }, by)).toMatchObject({
        ...{ isKnown: true, model: 'm', isStreamed: false, maxTokens: Number.NaN, priority: 0 },
      });
      const older = { max_tokens: 7, max_completion_tokens: 8 };
      expect(read({ prompt: 'x', ...older }, by).maxTokens).toBe(8);
      expect(read({ input: 'x', max_output_tokens: 9 }, by).maxTokens).toBe(9);
      expect(read({ ...older, max_completion_tokens: null }, by).maxTokens).toBe(7);
      expect(read({ prompt: 'x', max_tokens: 'many', priority: {} }, by)).toMatchObject({
        ...{ maxTokens: Number.NaN, priority: 0 },
      });
    },
  );

  test('counts over the mark of a byte order and white space around', () => {
    expect(read('\ufeff \n{"model":"m"}\n ').model).toBe('m');
  });

  test.each(['', '[]', 'null', '{"model":"m"', '{"model":"m"} x', '\ufeff', 'a=1&b=2'])(
    'is nothing where it is no object: %s',
    (text) => {
      const features = read(text);
      expect(features).toMatchObject({ isKnown: false, model: undefined, session: 0 });
      expect(features.promptTokens).toBe(Math.ceil(Buffer.byteLength(text) / 4));
    },
  );

  test('is nothing where it is of another type, or is not there', () => {
    const form = read('--x\r\n\r\n{}', full, { 'content-type': 'multipart/form-data; boundary=x' });
    expect(form).toMatchObject({ isKnown: false, promptTokens: 0 });
    expect(full.read(undefined, {})).toMatchObject({ isKnown: false, promptTokens: 0 });
    // An engine may read it whatever it calls itself.
    for (const type of ['application/json; charset=utf-8', 'a/b+JSON', 'text/plain', '']) {
      expect(read({ model: 'm' }, full, { 'content-type': type }).isKnown).toBe(true);
    }
  });
});

describe('tokens of a prompt', () => {
  test.each([full, lean])('are exact where they are given', (by) => {
    for (const [prompt, promptTokens] of [
      [[1, 2, 3], 3],
      [[[1, 2, 3], [4], []], 4],
      [[128_000], 1],
    ]) {
      for (const key of ['prompt', 'input']) {
        expect(read({ [key]: prompt }, by)).toMatchObject({ promptTokens, measure: 'exact' });
      }
    }
    expect(read('{"prompt":[ 1 ,\n22 , 333 ]}', by)).toMatchObject({ promptTokens: 3 });
  });

  test('are estimated from text, not from what is around it, nor from how it is escaped', () => {
    const text = 'é"\n'.repeat(100);
    const bytes = Buffer.byteLength(text);
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    for (const [body, textBytes, messages] of [
      [{ prompt: text, stop: ['x'.repeat(999)] }, bytes, 0],
      [{ prompt: [text, text] }, 2 * bytes, 0],
      [{ messages: [user(text), user([{ type: 'text', text }, { text }])] }, 3 * bytes, 2],
      [{ instructions: text, input: text }, 2 * bytes, 0],
      [{ input: [user([{ type: 'input_text', text }])] }, bytes, 1],
      [{ system: [{ type: 'text', text }], messages: [user(text)] }, 2 * bytes, 1],
      [{ tools, messages: [user(text)] }, bytes + JSON.stringify(tools).length, 1],
    ] as const) {
      const framingTokens = messages > 0 ? 5 * messages + 3 : 0;
      expect(read(body)).toMatchObject({ measure: 'text', bytes: textBytes, framingTokens });
      expect(read(body).promptTokens).toBe(Math.ceil(textBytes / 4) + framingTokens);
      const escaped = JSON.stringify(body).replaceAll('é', '\\u00e9');
      expect(read(escaped)).toMatchObject({ bytes: textBytes });
    }
  });

  test('of images, sounds, videos and files are a flat number', () => {
    const data = 'QUJD'.repeat(100_000);
    for (const [part, mediaTokens] of [
      [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }, 1_024],
      [{ type: 'input_image', image_url: `data:image/png;base64,${data}` }, 1_024],
      [{ type: 'image', source: { type: 'base64', data } }, 1_024],
      [{ type: 'input_audio', input_audio: { data, format: 'wav' } }, 512],
      [{ type: 'video_url', video_url: { url: data } }, 4_096],
      [{ type: 'file', file: { file_data: data } }, 1_024],
    ] as const) {
      const body = { messages: [user([{ type: 'text', text: 'what?' }, part])] };
      const promptTokens = 2 + 8 + mediaTokens;
      for (const by of [full, lean]) {
        expect(read(body, by)).toMatchObject({ bytes: 5, mediaTokens, promptTokens });
      }
    }
  });

  test('are told by the length alone where nobody needs more', () => {
    const messages = [user('x'.repeat(4_000))];
    const features = read({ model: 'm', messages, stop: ['y'.repeat(4_000)] }, lean);
    expect(features).toMatchObject({ measure: 'length', bytes: JSON.stringify(messages).length });
    expect(features.prefixHashes).toHaveLength(0);
    const ranking = { model: 'm', query: 'x', documents: ['y'.repeat(396)] };
    expect(read(ranking).promptTokens).toBe(Math.ceil(JSON.stringify(ranking).length / 4));
  });

  test('are learned from answers, and the blocks stay where they are', () => {
    for (const countsText of [true, false]) {
      const by = new PromptReader({ needsPrefix: countsText, countsText, blockTokens: 16 });
      const body = { model: 'm', messages: [user('some text. '.repeat(300))] };
      const before = read(body, by);
      for (let i = 0; i < 50; i++) by.learn(read(body, by), 1_658);
      const after = read(body, by);
      expect(Math.abs(after.promptTokens / 1_658 - 1)).toBeLessThan(0.01);
      expect(after.prefixHashes).toEqual(before.prefixHashes);
      expect(read({ ...body, model: 'n' }, by).promptTokens).toBe(before.promptTokens);
    }
  });

  test('are not learned from images, nor where they are known', () => {
    const by = new PromptReader({ needsPrefix: false, countsText: true, blockTokens: 16 });
    const text = { model: 'm', prompt: 'x'.repeat(4_000) };
    for (const body of [
      { model: 'm', messages: [user([{ text: 'x' }, { image_url: { url: 'x' } }])] },
      { model: 'm', prompt: [1, 2, 3] },
      '{"model":"m"',
    ]) {
      for (let i = 0; i < 50; i++) by.learn(read(body, by), 5_000);
    }
    by.learn(read(text, by), Number.NaN);
    expect(read(text, by).promptTokens).toBe(1_000);
  });
});

test('whatever a client sends is read without an error and in time', () => {
  const body = JSON.stringify({
    ...{ model: 'm', tools: [{ a: ['b'] }], input: [[1, 2], [3]], conversation: { id: 'c' } },
    system: [{ text: 'be "kind"' }],
    messages: [user('é\n'), user([{ text: 'x' }, { image_url: { url: 'y'.repeat(300) } }, 5])],
  });
  const signs = '{}[]",:\\u0 n';
  const edit = fc.tuple(fc.nat(body.length), fc.nat(signs.length - 1), fc.nat(3));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
      let text = body;
      for (const [at, sign, removed] of edits) {
        text = text.slice(0, at) + signs[sign] + text.slice(at + removed);
      }
      const { promptTokens } = read(text);
      return Number.isSafeInteger(promptTokens) && promptTokens >= 0;
    }),
    { seed: 11, numRuns: 10_000 },
  );
  const many = 400_000;
  for (const text of [
    `{"messages":[${'{"role":"user","content":"x"},'.repeat(many / 8)}{}]}`,
    `{"messages":[{"content":[${'{"text":"\\n"},'.repeat(many / 8)}{}]}]}`,
    `{"messages":[{"content":"${'\\u00e9"'.slice(0, 6).repeat(many)}"}]}`,
    `{"prompt":[${'[1],'.repeat(many)}[1]]}`,
    `{"prompt":"${`${'x'.repeat(300)}\\n`.repeat(many / 8)}"}`,
    `{"messages":[{"content":${'['.repeat(many)}${']'.repeat(many)}}]}`,
    `{"tools":[${'['.repeat(many)}${']'.repeat(many)}],"prompt":"x"}`,
  ]) {
    const before = process.cpuUsage();
    // A hundred nanoseconds a byte, where they take ten at most.
    expect(read(text).isKnown).toBe(true);
    const usedMs = process.cpuUsage(before).user / 1_000;
    expect(usedMs).toBeLessThan(200 + text.length / 10_000);
  }
});
