import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerText, answerTokenId } from '../../emulator/tokens/answer-words.ts';
import { chatTokens } from '../../emulator/tokens/chat-template.ts';
import { PromptPassages } from '../../emulator/tokens/prompt-passages.ts';
import { tokenIds, tokenTexts } from '../../emulator/tokens/tokenizer.ts';
import { PromptWriter } from '../../scenarios/prompts/prompt-writer.ts';
import { hashing } from '../../sim/prompt-hashes.ts';

const blockSize = 4;
const hashesOf = hashing(blockSize);

/** Of each whole block, what an engine knows it by. */
function blocksOf(passages: PromptPassages, ids: readonly number[]): number[] {
  const { answer, prompt } = passages.place(ids);
  const request = {
    promptTokens: ids.length,
    outputTokens: 1,
    finish: 'stop',
    priority: 0,
  } as const;
  return [...hashesOf({ ...request, adapter: 0, cacheSalt: 0, prompt, answer })];
}

test('engines find as many equal blocks in two prompts as there are', () => {
  const prompts = fc.array(fc.nat(1), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(prompts, prompts, (one, other) => {
      const passages = new PromptPassages(blockSize);
      const [ours, theirs] = [blocksOf(passages, one), blocksOf(passages, other)];
      for (let block = 0; block < Math.min(ours.length, theirs.length); block++) {
        const end = (block + 1) * blockSize;
        const areEqual = one.slice(0, end).join() === other.slice(0, end).join();
        expect(ours[block] === theirs[block]).toBe(areEqual);
      }
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('a conversation finds all its earlier turns, answers included', () => {
  const lengths = fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(lengths, (turns) => {
      const passages = new PromptPassages(blockSize);
      const messages: { role: string; content: string }[] = [];
      let before: { blocks: number[]; known: number } | undefined;
      for (const tokens of turns) {
        messages.push({ role: 'user', content: 'and then what?' });
        const ids = chatTokens(messages);
        const placed = passages.place(ids);
        passages.remember(ids, placed);
        // As far as the last turn has got, and one token of its answer that fills no block.
        const all = { ...placed, prompt: [...placed.prompt, { ...placed.answer, tokens }] };
        const blocks = blocksOf(passages, ids);
        const known = Math.floor((before?.known ?? 0) / blockSize);
        expect(blocks.slice(0, known)).toEqual(before?.blocks.slice(0, known) ?? []);
        const written = hashesOf({
          ...{ ...all, promptTokens: ids.length + tokens, outputTokens: 1 },
          ...{ finish: 'stop' as const, priority: 0, adapter: 0, cacheSalt: 0 },
        });
        before = { blocks: [...written], known: ids.length + tokens };
        messages.push({ role: 'assistant', content: answerText(placed.seed, tokens) });
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('the oldest prompts are forgotten once all have more passages than may be', () => {
  const passages = new PromptPassages(blockSize, 10);
  const answered = (ids: readonly number[]) => {
    const placed = passages.place(ids);
    passages.remember(ids, placed);
    const said = Array.from({ length: 8 }, (_, at) => answerTokenId(placed.seed, at));
    return { next: [...ids, ...said], answer: placed.answer.text };
  };
  const goesOn = ({ answer, next }: ReturnType<typeof answered>) =>
    passages.place(next).prompt.some(({ text }) => text === answer);
  const five = Array.from({ length: 5 * blockSize }, (_, at) => at);
  const [first, second] = [answered([1, ...five]), answered([2, ...five].slice(0, -1))];
  expect(goesOn(second)).toBe(true);
  expect(goesOn(first)).toBe(false);
  // Again and again is once.
  for (let again = 0; again < 5; again++) answered([3]);
  expect(goesOn(second)).toBe(true);
});

test('an answer has the tokens that its text has', () => {
  const expected = Array.from({ length: 100 }, (_, position) => answerTokenId(42, position));
  expect(tokenIds(answerText(42, 100))).toEqual(expected);
});

test('texts are made of the tokens they are cut into', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(tokenTexts(text).join('')).toBe(text);
      expect(tokenIds(text)).toHaveLength(tokenTexts(text).length);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('a prompt that is written for a scenario has as many tokens as it should', () => {
  const writer = new PromptWriter({ runSalt: 'emulated' });
  for (const tokens of [1, 2, 17, 1_000]) {
    const prompt = [{ text: 7, from: 0, tokens }];
    expect(tokenIds(writer.text(prompt))).toHaveLength(tokens);
  }
});
