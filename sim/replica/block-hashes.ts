import type { Sequence } from './sequence.ts';

/**
 * Hashes the content of a sequence's next full block into `sequence.hashes`. As in vLLM the hash of
 * a block takes in the one before it, so that equal hashes mean equal prefixes; the first takes in
 * the adapter and the salt (`vllm/v1/core/kv_cache_utils.py`). Two words of 32 bits each make a
 * collision a matter of one in 10^19.
 */
export function hashNextBlock(sequence: Sequence, blockSize: number): void {
  const block = sequence.hashedBlocks;
  if (block === 0) {
    const blocks = Math.ceil((sequence.promptTokens + sequence.finalTokens) / blockSize);
    sequence.hashes = new Int32Array(2 * blocks);
  }
  const { adapter, answer, cacheSalt, hashes, prompt } = sequence;
  let low: number;
  let high: number;
  if (block === 0) {
    low = mix(mix(1, adapter), cacheSalt | 0);
    high = mix(mix(2, adapter) ^ upperWord(cacheSalt), cacheSalt | 0);
  } else {
    low = hashes[2 * block - 2]!;
    high = hashes[2 * block - 1]!;
  }
  for (let left = blockSize; left > 0; ) {
    const isAnswer = sequence.hashPassage >= prompt.length;
    const place = isAnswer ? answer : prompt[sequence.hashPassage]!;
    const from = place.from + sequence.hashOffset;
    const tokens = isAnswer
      ? left
      : Math.min(left, prompt[sequence.hashPassage]!.tokens - sequence.hashOffset);
    let joined = tokens;
    advance(sequence, tokens);
    // Passages that carry on in the same text are one passage.
    while (joined < left && continues(sequence, place.text, from + joined)) {
      const more = Math.min(left - joined, restOf(sequence));
      advance(sequence, more);
      joined += more;
    }
    low = mix(mix(low, place.text | 0), Math.imul(from, 0x9e3779b1) ^ joined);
    high = mix(
      mix(high ^ upperWord(place.text), place.text | 0),
      from + Math.imul(joined, 0x85ebca77),
    );
    left -= joined;
  }
  hashes[2 * block] = low;
  hashes[2 * block + 1] = high;
  sequence.hashedBlocks = block + 1;
}

function restOf({ hashOffset, hashPassage, prompt }: Sequence): number {
  const passage = prompt[hashPassage];
  return passage === undefined ? Number.POSITIVE_INFINITY : passage.tokens - hashOffset;
}

function continues(sequence: Sequence, text: number, from: number): boolean {
  const { answer, hashOffset, hashPassage, prompt } = sequence;
  const place = prompt[hashPassage] ?? answer;
  return place.text === text && place.from + hashOffset === from;
}

function advance(sequence: Sequence, tokens: number): void {
  sequence.hashOffset += tokens;
  const { prompt } = sequence;
  const passage = prompt[sequence.hashPassage];
  if (passage !== undefined && sequence.hashOffset === passage.tokens) {
    sequence.hashPassage += 1;
    sequence.hashOffset = 0;
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
