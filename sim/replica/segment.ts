import type { Place } from '../../core/passage.ts';
import type { EngineRequest } from './sequence.ts';

/**
 * The tokens of a request, prompt and answer, as a chain of segments. Two requests begin with the
 * same n tokens exactly if their segments are the same up to there, so what vLLM finds out by
 * hashing block after block (`vllm/v1/core/kv_cache_utils.py`) takes a few steps however long they
 * are. As there, the adapter and the salt are part of the content.
 */
export function segmentsOf({ adapter, answer, cacheSalt, prompt }: EngineRequest): Segment {
  const origin = {
    low: mix(mix(1, adapter), cacheSalt | 0),
    high: mix(mix(2, adapter) ^ upperWord(cacheSalt), cacheSalt | 0),
  };
  let first: Segment | undefined;
  let last: Segment | undefined;
  for (const passage of prompt) {
    if (passage.tokens === 0) continue;
    if (last === undefined) {
      last = first = new Segment(passage, 0, origin);
    } else if (!last.continuesAt(passage)) {
      last = last.next = new Segment(passage, last.end, last);
    }
    last.end += passage.tokens;
  }
  if (last === undefined) {
    last = first = new Segment(answer, 0, origin);
  } else if (!last.continuesAt(answer)) {
    last = last.next = new Segment(answer, last.end, last);
  }
  last.end = Number.POSITIVE_INFINITY;
  return first!;
}

/** A stretch of tokens out of one text, as long as it goes. */
export class Segment {
  readonly start: number;
  /** The position behind its last token. */
  end: number;
  next: Segment | undefined = undefined;
  readonly #text: number;
  readonly #from: number;
  /**
   * A hash of all that comes before, and of where in which text this begins. Two words of 32 bits
   * make a collision a matter of one in 10^19.
   */
  readonly low: number;
  readonly high: number;

  constructor({ text, from }: Place, start: number, before: { low: number; high: number }) {
    this.start = start;
    this.end = start;
    this.#text = text;
    this.#from = from;
    this.low = mix(mix(before.low, text | 0), Math.imul(from, 0x9e3779b1) ^ start);
    const high = mix(before.high ^ upperWord(text), text | 0);
    this.high = mix(high, from + Math.imul(start, 0x85ebca77));
  }

  continuesAt({ text, from }: Place): boolean {
    return text === this.#text && from === this.#from + this.end - this.start;
  }

  /** Whether all tokens up to a position in both are the same. */
  agreesWith(other: Segment): boolean {
    return this === other || (this.low === other.low && this.high === other.high);
  }

  /** Hash words of all tokens up to a position in it. */
  lowAt(position: number): number {
    return mix(this.low, position);
  }

  highAt(position: number): number {
    return mix(this.high, ~position);
  }
}

function upperWord(value: number): number {
  return Math.floor(value / 2 ** 32) | 0;
}

/** The finaliser of MurmurHash3. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
