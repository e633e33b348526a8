import { assert } from '../../core/assert.ts';
import type { Passage } from '../../core/passage.ts';
import type { RequestSpec } from '../request-stream.ts';
import { type ChatMessage, noOverhead, type Overhead, type Role } from './overhead.ts';
import { type Section, sectionsOf } from './sections.ts';
import { headTokens, type Salt, saltOf, TextWords } from './text-words.ts';
import { Transcript } from './transcript.ts';
import { everydayVocabulary, type PromptVocabulary } from './vocabulary.ts';

export interface PromptOptions {
  readonly vocabulary?: PromptVocabulary;
  /**
   * Texts of runs with different salts share nothing: a run does not find in the caches of a server
   * what another one left there. With the same salt, it does.
   */
  readonly runSalt: string;
  /** What servers answered. Without it, answers in prompts are synthetic as well. */
  readonly transcript?: Transcript;
  /** Taken off the prompts, so that the server counts as many tokens as the scenario says. */
  readonly overhead?: Overhead;
}

/**
 * Writes the prompts of a scenario for a live server. The same passage is always the same words, so
 * prompts share tokens where their passages are the same, and there only.
 */
export class PromptWriter {
  readonly #vocabulary: PromptVocabulary;
  readonly #words: readonly string[];
  readonly #spaced: readonly string[];
  readonly #salt: Salt;
  readonly #transcript: Transcript;
  readonly #overhead: Overhead;

  constructor(options: PromptOptions) {
    this.#vocabulary = options.vocabulary ?? everydayVocabulary;
    this.#words = this.#vocabulary.words;
    this.#spaced = this.#words.map((word) => ` ${word}`);
    this.#salt = saltOf(options.runSalt);
    this.#transcript = options.transcript ?? new Transcript();
    this.#overhead = options.overhead ?? noOverhead;
  }

  /** For `/v1/completions`. */
  text(prompt: readonly Passage[]): string {
    const debt = new Debt(this.#overhead.alone);
    let text = '';
    for (const section of sectionsOf(prompt, this.#transcript)) {
      text = this.#append(text, section, debt);
    }
    return text;
  }

  /**
   * For `/v1/completions` with `prompt: [ids]`, to which vLLM adds nothing: the count is exact. Of
   * an answer the ids must have been told, or it is synthetic.
   */
  tokenIds(prompt: readonly Passage[]): number[] {
    const ids = this.#vocabulary.tokenIds;
    assert(ids !== undefined, 'token ids need the vocabulary of a tokenizer');
    const written: number[] = [];
    for (const section of sectionsOf(prompt, this.#transcript)) {
      const { text, from, tokens } = section;
      const said = section.kind === 'answered' ? (section.said.tokenIds ?? []) : [];
      for (let i = 0; i < said.length && i < tokens; i++) written.push(said[i]!);
      const words = this.#wordsOf(text);
      for (let at = from + said.length; at < from + tokens; at++) written.push(ids[words.at(at)]!);
    }
    return written;
  }

  /**
   * For `/v1/chat/completions`. Of the text that the answer will continue, answers are the
   * assistant's and the rest is the user's; other texts before it are the system's.
   */
  messages({ prompt, answer }: Pick<RequestSpec, 'prompt' | 'answer'>): ChatMessage[] {
    const isOwn = (text: number) => text === answer.text;
    const hasUser = prompt.some(({ text }) => isOwn(text));
    const { alone, system, exchange } = this.#overhead;
    const hasSystem = hasUser && prompt.some(({ text }) => !isOwn(text));
    const debt = new Debt(hasSystem ? alone + system : alone);
    const messages: { role: Role; content: string }[] = [];
    for (const section of sectionsOf(prompt, this.#transcript)) {
      const own = section.kind === 'answered' ? 'assistant' : 'user';
      const role = !hasUser ? 'user' : isOwn(section.text) ? own : 'system';
      let message = messages.at(-1);
      if (message?.role !== role) {
        if (role === 'user' && message?.role === 'assistant') debt.add(exchange);
        message = { role, content: '' };
        messages.push(message);
      }
      message.content = this.#append(message.content, section, debt);
    }
    return messages;
  }

  #append(before: string, section: Section, debt: Debt): string {
    const { text, from, tokens } = section;
    const end = from + tokens;
    if (section.kind === 'answered') {
      // Nothing stands between a prompt and its answer, or the server would split it otherwise.
      const { content, tokens: said } = section.said;
      return this.#appendWords(before + content, { text, from: from + said, end });
    }
    // The head stays, which tells texts apart. What is left out depends on what comes before, never
    // on what follows, so that prompts still share what their passages share.
    const head = Math.max(from, Math.min(headTokens(this.#vocabulary), end));
    const left = debt.payWith(end - head - (head === from ? 1 : 0));
    const begun = this.#appendWords(before, { text, from, end: head });
    return this.#appendWords(begun, { text, from: head + left, end });
  }

  #appendWords(before: string, { text, from, end }: { text: number; from: number; end: number }) {
    if (from >= end) return before;
    const words = this.#wordsOf(text);
    const first = words.at(from);
    let written = before === '' ? this.#words[first]! : before + this.#spaced[first]!;
    for (let at = from + 1; at < end; at++) written += this.#spaced[words.at(at)]!;
    return written;
  }

  #wordsOf(text: number): TextWords {
    return new TextWords(text, this.#vocabulary, this.#salt);
  }
}

/** Tokens that the server adds and that are still to be left out. */
class Debt {
  #tokens: number;

  constructor(tokens: number) {
    this.#tokens = tokens;
  }

  add(tokens: number): void {
    this.#tokens += tokens;
  }

  /** How many of so many tokens to leave out. */
  payWith(tokens: number): number {
    const paid = Math.max(0, Math.min(this.#tokens, tokens));
    this.#tokens -= paid;
    return paid;
  }
}
