import { type Segment, segmentsOf } from './replica/segment.ts';
import type { EngineRequest } from './replica/sequence.ts';

const twoTo21 = 2 ** 21;

/**
 * A number for each whole block of a prompt, which is the same exactly where all tokens up to the
 * end of that block are: what the proxy gets by hashing text. 53 bits of the words by which the
 * engines know their blocks.
 */
export function hashing(blockTokens: number): (request: EngineRequest) => Float64Array {
  return (request) => promptHashes(request, blockTokens);
}

function promptHashes(request: EngineRequest, blockTokens: number): Float64Array {
  const hashes = new Float64Array(Math.floor(request.promptTokens / blockTokens));
  let segment = segmentsOf(request);
  for (let block = 0; block < hashes.length; block++) {
    const position = (block + 1) * blockTokens;
    while (segment.end < position) segment = segment.next!;
    hashes[block] = hashAt(segment, position);
  }
  return hashes;
}

/** Of all tokens up to a position in a segment. */
export function hashAt(segment: Segment, position: number): number {
  return (segment.lowAt(position) >>> 0) * twoTo21 + (segment.highAt(position) >>> 11);
}
