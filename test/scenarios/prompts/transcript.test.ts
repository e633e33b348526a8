import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../scenarios/prompts/overhead.ts';
import { overheadOf, overheadProbes } from '../../../scenarios/prompts/overhead.ts';
import { type PromptOptions, PromptWriter } from '../../../scenarios/prompts/prompt-writer.ts';
import { Transcript } from '../../../scenarios/prompts/transcript.ts';
import {
  createPromptVocabulary,
  everydayVocabulary,
} from '../../../scenarios/prompts/vocabulary.ts';

const { words } = everydayVocabulary;
const vocabulary = createPromptVocabulary(
  words,
  words.map((_, index) => index),
);
const system = { text: 900, from: 0, tokens: 60 };

/** A conversation whose questions have 30 tokens and whose answers have 20. */
function turn(number: number, text = 7) {
  const tokens = 50 * number - 20;
  return { prompt: [system, { text, from: 0, tokens }], answer: { text, from: tokens } };
}

function writerOf(transcript: Transcript, options: Partial<PromptOptions> = {}): PromptWriter {
  return new PromptWriter({ vocabulary, runSalt: 'run', transcript, ...options });
}

function counted(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.split(' ').length, 0);
}

/** After the first turn, of which the server said so many tokens. */
function afterSaying(content: string, tokens: number): Transcript {
  const transcript = new Transcript();
  transcript.add(turn(1).answer, 20, { content, tokens });
  return transcript;
}

describe('messages', () => {
  test('are of the system, the user and the assistant', () => {
    const transcript = afterSaying('Yes.', 20);
    const writer = writerOf(transcript);
    const messages = writer.messages(turn(2));
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[0]!.content).toBe(writer.text([system]));
    expect(messages[1]!.content).toBe(writer.text([{ text: 7, from: 0, tokens: 30 }]));
    expect(messages[2]!.content).toBe('Yes.');
    expect(messages[3]!.content).toBe(writer.text([{ text: 7, from: 50, tokens: 30 }]));
  });

  test('of a later turn begin with those of the turn before', () => {
    const transcript = new Transcript();
    const overhead = { alone: 6, system: 4, exchange: 9 };
    const writer = writerOf(transcript, { overhead });
    let before: ChatMessage[] = [];
    for (let number = 1; number <= 6; number++) {
      const messages = writer.messages(turn(number));
      expect(messages.slice(0, before.length)).toEqual(before);
      expect(messages.length).toBe(2 * number);
      // With the template's own tokens, the server counts what the scenario says.
      expect(counted(messages) + 6 + 4 + 9 * (number - 1)).toBe(60 + 50 * number - 20);
      before = messages;
      transcript.add(turn(number).answer, 20);
    }
  });

  test('are the user’s alone where nothing comes before the text or nothing is of it', () => {
    const writer = writerOf(new Transcript());
    const { answer } = turn(1);
    const alone = writer.messages({ prompt: [{ text: 7, from: 0, tokens: 30 }], answer });
    expect(alone.map(({ role }) => role)).toEqual(['user']);
    const foreign = writer.messages({ prompt: [system], answer });
    expect(foreign).toEqual([{ role: 'user', content: writer.text([system]) }]);
  });
});

describe('an answer', () => {
  test('stands in the next prompt as the server gave it', () => {
    const writer = writerOf(afterSaying(' Oh, no!\n', 20));
    const [asked, next] = [turn(1), turn(2)].map(({ prompt }) => writer.text(prompt));
    const rest = writer.text([{ text: 7, from: 50, tokens: 30 }]);
    expect(next).toBe(`${asked} Oh, no!\n ${rest}`);
  });

  test('that was cut short is filled up, so that prompts keep their lengths', () => {
    const assistant = writerOf(afterSaying('Well then', 2)).messages(turn(2))[2]!.content;
    expect(assistant).toMatch(/^Well then [a-z]/);
    expect(assistant.split(' ')).toHaveLength(20);
  });

  test('that never came is synthetic, and the same as without a transcript', () => {
    const noted = new Transcript();
    noted.add(turn(1).answer, 20);
    const text = writerOf(noted).text(turn(2).prompt);
    expect(text).toBe(writerOf(new Transcript()).text(turn(2).prompt));
  });

  test('that came at the second attempt replaces the first', () => {
    const transcript = afterSaying('first', 20);
    transcript.add(turn(1).answer, 20, { content: 'second', tokens: 20 });
    expect(writerOf(transcript).messages(turn(2))[2]!.content).toBe('second');
  });

  test('of which a passage holds a piece is synthetic there', () => {
    const writer = writerOf(afterSaying('Yes.', 20));
    for (const passage of [
      { text: 7, from: 0, tokens: 40 },
      { text: 7, from: 40, tokens: 40 },
    ]) {
      expect(writer.text([passage])).toBe(writerOf(new Transcript()).text([passage]));
    }
  });

  test('is forgotten with its conversation, and is none of another', () => {
    const transcript = afterSaying('Yes.', 20);
    expect(writerOf(transcript).text(turn(2, 8).prompt)).not.toContain('Yes.');
    transcript.forget(7);
    expect(writerOf(transcript).text(turn(2).prompt)).not.toContain('Yes.');
  });
});

test('token ids hold those of the answers, cut or filled to their lengths', () => {
  const property = fc.property(fc.nat(40), (length) => {
    const transcript = new Transcript();
    const tokenIds = Array.from({ length }, (_, i) => 100_000 + i);
    transcript.add(turn(1).answer, 20, { content: 'x', tokens: length, tokenIds });
    const ids = writerOf(transcript).tokenIds(turn(2).prompt);
    const synthetic = writerOf(new Transcript()).tokenIds(turn(2).prompt);
    const said = Math.min(20, length);
    expect(ids).toHaveLength(140);
    expect(ids.slice(0, 90)).toEqual(synthetic.slice(0, 90));
    expect(ids.slice(90, 90 + said)).toEqual(tokenIds.slice(0, said));
    expect(ids.slice(90 + said)).toEqual(synthetic.slice(90 + said));
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});

describe('what a chat template adds', () => {
  /** One that puts in a system prompt of its own where there is none, as Qwen's does. */
  function promptTokens(messages: readonly ChatMessage[]): number {
    const marks = 5 * messages.length + 4;
    return marks + counted(messages) + (messages[0]!.role === 'system' ? 0 : 20);
  }

  test('is found out by three probes, and taken off', () => {
    const usage = {
      alone: promptTokens(overheadProbes.alone),
      system: promptTokens(overheadProbes.system),
      exchange: promptTokens(overheadProbes.exchange),
    };
    const overhead = overheadOf(usage);
    expect(overhead).toEqual({ alone: 29, system: -15, exchange: 10 });
    const transcript = new Transcript();
    for (const number of [1, 2, 3]) transcript.add(turn(number).answer, 20);
    const writer = writerOf(transcript, { overhead });
    expect(promptTokens(writer.messages(turn(4)))).toBe(60 + 180);
    const own = { prompt: [{ text: 5, from: 0, tokens: 64 }], answer: { text: 5, from: 64 } };
    expect(promptTokens(writer.messages(own))).toBe(64);
  });
});
