/**
 * The sizes of batch for which vLLM captures CUDA graphs: 1, 2, 4, then steps of 8 up to 256 and of
 * 16 from there. A step runs as the next larger one, so its matrix products cost as much.
 */
export function captureSizes(maxNumSeqs: number): number[] {
  const largest = Math.min(2 * maxNumSeqs, 512);
  const sizes = [1, 2, 4];
  for (let size = 8; size <= 256; size += 8) sizes.push(size);
  for (let size = 272; size <= 512; size += 16) sizes.push(size);
  return sizes.filter((size) => size <= largest);
}

/** Index by tokens in the step; a step with more of them than the table holds runs unpadded. */
export function paddedTokens(sizes: readonly number[]): Uint16Array {
  const padded = new Uint16Array((sizes.at(-1) ?? 0) + 1);
  let next = 0;
  for (let tokens = 1; tokens < padded.length; tokens++) {
    if (tokens > sizes[next]!) next += 1;
    padded[tokens] = sizes[next]!;
  }
  return padded;
}
