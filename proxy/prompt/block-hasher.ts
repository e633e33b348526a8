import { mix32 } from '../../strategies/shared/fnv1a.ts';

export interface BlockHasherOptions {
  /** Of four bytes each, as text is cut; of one, where a prompt is given as numbers of tokens. */
  readonly blockTokens: number;
  /** Of a longer prompt the rest has no hashes; 0 for no end. */
  readonly mostBlocks: number;
}

/**
 * A number of 53 bits for each whole block of a stream of words, over all before it as well. It is
 * MurmurHash3 for 128 bits (its x86 variant) with two of the four lanes: fast, well mixed and the
 * same at every gateway. It keeps nobody from making two prompts with the same number, who would
 * gain a wrong guess at a cache by that.
 */
export class BlockHasher {
  readonly #blockWords: number;
  readonly #mostBlocks: number;
  #hashes = new Float64Array(64);
  #blocks = 0;
  #wordsInBlock = 0;
  #low = 0;
  #high = 0;

  constructor({ blockTokens, mostBlocks }: BlockHasherOptions) {
    this.#blockWords = blockTokens;
    this.#mostBlocks = mostBlocks > 0 ? mostBlocks : Number.POSITIVE_INFINITY;
  }

  /** What no two prompts share that differ in the seed. */
  begin(seed: string): void {
    this.#blocks = 0;
    this.#wordsInBlock = 0;
    this.#low = 0;
    this.#high = seed.length;
    for (let i = 0; i < seed.length; i++) this.#mix(seed.charCodeAt(i));
  }

  get isFull(): boolean {
    return this.#blocks >= this.#mostBlocks;
  }

  add(words: Uint32Array, count: number): void {
    let at = 0;
    while (at < count && !this.isFull) {
      const end = Math.min(count, at + this.#blockWords - this.#wordsInBlock);
      this.#wordsInBlock += end - at;
      this.#mixAll(words, at, end);
      at = end;
      if (this.#wordsInBlock === this.#blockWords) {
        this.#wordsInBlock = 0;
        this.#push(finished(this.#low, this.#high, this.#blocks));
      }
    }
  }

  /** Of the blocks that are whole. */
  hashes(): Float64Array {
    return this.#hashes.slice(0, this.#blocks);
  }

  #push(hash: number): void {
    if (this.#blocks === this.#hashes.length) {
      const more = new Float64Array(2 * this.#blocks);
      more.set(this.#hashes);
      this.#hashes = more;
    }
    this.#hashes[this.#blocks] = hash;
    this.#blocks += 1;
  }

  #mixAll(words: Uint32Array, from: number, to: number): void {
    let at = from;
    let low = this.#low;
    let high = this.#high;
    for (; at + 1 < to; at += 2) {
      low = mixedLow(low, high, words[at]!);
      high = mixedHigh(low, high, words[at + 1]!);
    }
    this.#low = low;
    this.#high = high;
    if (at < to) this.#mix(words[at]!);
  }

  #mix(word: number): void {
    this.#low = mixedLow(this.#low, this.#high, word);
    this.#high = mixedHigh(this.#low, this.#high, 0);
  }
}

function mixedLow(low: number, high: number, word: number): number {
  let key = Math.imul(word, 0x239b961b);
  key = Math.imul((key << 15) | (key >>> 17), 0xab0e9789);
  const lane = low ^ key;
  return (Math.imul(((lane << 19) | (lane >>> 13)) + high, 5) + 0x561ccd1b) | 0;
}

function mixedHigh(low: number, high: number, word: number): number {
  let key = Math.imul(word, 0xab0e9789);
  key = Math.imul((key << 16) | (key >>> 16), 0x38b34ae5);
  const lane = high ^ key;
  return (Math.imul(((lane << 17) | (lane >>> 15)) + low, 5) + 0x0bcaa747) | 0;
}

/** The end of MurmurHash3, on a copy: the stream goes on from what it was. */
function finished(low: number, high: number, block: number): number {
  let one = low ^ block;
  let other = high ^ block;
  one = (one + other) | 0;
  other = (other + one) | 0;
  one = mix32(one);
  other = mix32(other);
  one = (one + other) | 0;
  other = (other + one) | 0;
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}
