import type { Passage, Place } from '../../core/passage.ts';
import { answerTokenId } from './answer-words.ts';

export interface PlacedPrompt {
  readonly prompt: readonly Passage[];
  readonly answer: Place;
  /** What the answer says; the same for the same prompt. */
  readonly seed: number;
  /** Of all its whole blocks. */
  readonly blocksHash: number;
}

interface Told extends PlacedPrompt {
  readonly promptTokens: number;
}

/**
 * Of the prompts whose answers later ones may go on from, all together: some hundred megabytes,
 * however long they are. The oldest are forgotten.
 */
const mostRemembered = 2_000_000;

/**
 * Turns the token ids of prompts into passages, so that two prompts have the same passages as far
 * as their whole blocks are the same: each block is a text that is named by the hash of all tokens
 * up to its end, as in vLLM. A prompt that goes on from an answer has the passages of that answer,
 * which is found by its first whole block and compared token by token.
 */
export class PromptPassages {
  readonly #blockSize: number;
  readonly #mostPassages: number;
  readonly #told = new Map<number, Told>();
  /** Of all that are told of. */
  #passages = 0;

  constructor(blockSize: number, mostPassages = mostRemembered) {
    this.#blockSize = blockSize;
    this.#mostPassages = mostPassages;
  }

  place(ids: ArrayLike<number>): PlacedPrompt {
    const size = this.#blockSize;
    const hashes: number[] = [];
    let hash = 1;
    let told: Told | undefined;
    for (let at = 0; at + size <= ids.length; at += size) {
      hash = hashOf(hash, ids, at, at + size);
      hashes.push(hash);
      told = this.#told.get(hash) ?? told;
    }
    const whole = hashOf(hash, ids, hashes.length * size, ids.length);
    const said = told === undefined ? 0 : saidIn(ids, told);
    const prompt = told === undefined ? [] : [...told.prompt, { ...told.answer, tokens: said }];
    for (let at = told === undefined ? 0 : told.promptTokens + said; at < ids.length; ) {
      const block = Math.floor(at / size);
      const end = Math.min((block + 1) * size, ids.length);
      prompt.push({ text: hashes[block] ?? whole, from: 0, tokens: end - at });
      at = end;
    }
    const seed = (whole | 0) ^ Math.floor(whole / 2 ** 32);
    const answer = { text: hashOf(whole, [ids.length], 0, 1), from: 0 };
    return { prompt, answer, seed, blocksHash: hash };
  }

  /**
   * For prompts that go on from its answer; only where it gets one, or requests that are refused
   * would push out others. By the first block that ends in the answer, if it gets that far.
   */
  remember(ids: ArrayLike<number>, placed: PlacedPrompt): void {
    const size = this.#blockSize;
    const begun = Math.floor(ids.length / size) * size;
    const block: number[] = [];
    for (let at = begun; at < begun + size; at++) {
      block.push(at < ids.length ? ids[at]! : answerTokenId(placed.seed, at - ids.length));
    }
    const key = hashOf(placed.blocksHash, block, 0, size);
    this.#forget(key);
    this.#told.set(key, { ...placed, promptTokens: ids.length });
    this.#passages += placed.prompt.length;
    while (this.#passages > this.#mostPassages) this.#forget(this.#told.keys().next().value!);
  }

  #forget(key: number): void {
    this.#passages -= this.#told.get(key)?.prompt.length ?? 0;
    this.#told.delete(key);
  }
}

/** How many tokens of the answer these ids go on with. */
function saidIn(ids: ArrayLike<number>, { promptTokens, seed }: Told): number {
  let said = 0;
  while (
    promptTokens + said < ids.length &&
    ids[promptTokens + said] === answerTokenId(seed, said)
  ) {
    said += 1;
  }
  return said;
}

/** In 52 bits, so that it is a number of its own. */
function hashOf(before: number, ids: ArrayLike<number>, from: number, to: number): number {
  let low = Math.imul(before | 0, 0x9e3779b1) ^ 0x2545f491;
  let high = Math.imul(Math.floor(before / 2 ** 32) ^ 0x27d4eb2f, 0x85ebca77);
  for (let at = from; at < to; at++) {
    const id = ids[at]!;
    low = Math.imul(low ^ id, 0x85ebca6b);
    low ^= low >>> 15;
    high = Math.imul(high ^ id ^ low, 0xc2b2ae35);
    high ^= high >>> 13;
  }
  return (low >>> 0) + (high & 0xfffff) * 2 ** 32;
}
