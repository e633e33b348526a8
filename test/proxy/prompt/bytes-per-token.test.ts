import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { BytesPerToken } from '../../../proxy/prompt/bytes-per-token.ts';
import { PromptReader } from '../../../proxy/prompt/prompt-reader.ts';
import { moreEncoders, realTokenizers } from '../../support/tokenizers.ts';

describe('bytes per token', () => {
  test('are four until an answer says more, for each model', () => {
    const learned = new BytesPerToken();
    learned.learn('a', 3_000, 1_000);
    expect(learned.of('b')).toBe(4);
    expect(learned.of('a')).toBeLessThan(4);
  });

  test.each([1, 2.2, 3.6, 4.4, 9])('become %d within thirty answers', (truth) => {
    const learned = new BytesPerToken();
    for (let i = 0; i < 30; i++) learned.learn('m', 4_096, 4_096 / truth);
    expect(Math.abs(learned.of('m') / truth - 1)).toBeLessThan(0.03);
  });

  test('follow a model that is replaced under its name', () => {
    const learned = new BytesPerToken();
    for (let i = 0; i < 5_000; i++) learned.learn('m', 4_096, 1_024);
    for (let i = 0; i < 150; i++) learned.learn('m', 4_096, 2_048);
    expect(learned.of('m')).toBeLessThan(2.1);
  });

  test('are not led away by a tenth of answers that are beyond reason', () => {
    const learned = new BytesPerToken();
    for (let i = 0; i < 1_000; i++) {
      learned.learn('m', 4_000, i % 10 === 9 ? (i % 20 === 9 ? 1 : 1e9) : 1_000);
      learned.learn('low', 4_000, i % 10 === 9 ? 1e9 : 1_000);
    }
    expect(Math.abs(learned.of('m') / 4 - 1)).toBeLessThan(0.03);
    expect(Math.abs(learned.of('low') / 4 - 1)).toBeLessThan(0.07);
  });

  test('stay in their bounds whatever is said', () => {
    const learned = new BytesPerToken();
    for (let i = 0; i < 500; i++) {
      learned.learn('high', 1e9, 1);
      learned.learn('low', 1, 1e9);
      learned.learn('low', 1e5, 1e9);
      for (const odd of [Number.NaN, 0, -1, Number.NEGATIVE_INFINITY])
        learned.learn('odd', 1e3, odd);
      learned.learn('odd', 0, 10);
    }
    expect(learned.of('high')).toBeCloseTo(16, 5);
    expect(learned.of('low')).toBeCloseTo(0.5, 5);
    expect(learned.of('odd')).toBe(4);
  });

  test('are kept for so many models and no more', () => {
    const learned = new BytesPerToken();
    for (let i = 0; i < 1_000; i++) learned.learn(`model-${i}`, 2_048, 1_024);
    const known = Array.from({ length: 1_000 }, (_, i) => learned.of(`model-${i}`));
    expect(known.filter((figure) => figure !== 4)).toHaveLength(256);
  });
});

const root = new URL('../../..', import.meta.url).pathname;
const filesIn = (folder: string, ending: string) =>
  readdirSync(`${root}/${folder}`)
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(`${root}/${folder}/${file}`, 'utf8'))
    .join('\n');

/** Tokens that templates put around a message, by its role, and around all of them. */
const templates = {
  ChatML: { first: 0, message: () => 5, last: 3 },
  'Llama 3': { first: 1, message: () => 5, last: 4 },
  Mistral: { first: 1, message: (role: string) => (role === 'user' ? 2 : 1), last: 0 },
};

describe.each([...realTokenizers.slice(1), ...moreEncoders])('with $name', ({ encode }) => {
  test.each(['docs', 'strategies'])('tokens of chats about %s are estimated well', (folder) => {
    const text = filesIn(folder, folder === 'docs' ? '.md' : '.ts');
    for (const [template, { first, last, message }] of Object.entries(templates)) {
      const random = randomStream(6, `chats ${folder} ${template}`);
      const reader = new PromptReader({ needsPrefix: false, countsText: true, blockTokens: 16 });
      const errors: number[] = [];
      let [total, estimated, missed] = [0, 0, 0];
      for (let chat = 0; chat < 120; chat++) {
        let tokens = first + last;
        const messages = Array.from({ length: 1 + Math.floor(random() * 9) }, (_, i) => {
          const from = Math.floor(random() * (text.length - 3_000));
          const content = text.slice(from, from + Math.floor(20 * 100 ** random()));
          const role = i % 2 === 0 ? 'user' : 'assistant';
          tokens += message(role) + encode(content).length;
          return { role, content };
        });
        const features = reader.read(Buffer.from(JSON.stringify({ model: 'm', messages })), {});
        if (chat >= 40) {
          errors.push(Math.abs(features.promptTokens / tokens - 1));
          total += tokens;
          estimated += features.promptTokens;
          missed += Math.abs(features.promptTokens - tokens);
        }
        reader.learn(features, tokens);
      }
      errors.sort((a, b) => a - b);
      // Half of the chats; all tokens of all chats; what is left when the errors make up for others.
      expect(errors[40]).toBeLessThan(0.15);
      expect(missed / total).toBeLessThan(0.2);
      expect(Math.abs(estimated / total - 1)).toBeLessThan(0.05);
    }
  });
});
