import { count } from '../quantities.ts';
import { BadRow } from './bad-rows.ts';

export function blockTokens(usual: number) {
  return count({ max: 1_048_576, example: usual })
    .default(usual)
    .describe('Tokens that one block id stands for.');
}

/**
 * That there are as many ids as the prompt has blocks. Some producers leave the partial last block
 * out; where that is so, it must be said.
 */
export function checkBlockCount(options: {
  readonly ids: readonly number[];
  readonly promptTokens: number;
  readonly blockTokens: number;
  readonly lastMayLack?: boolean;
}): void {
  const { ids, promptTokens, blockTokens, lastMayLack = false } = options;
  const whole = Math.floor(promptTokens / blockTokens);
  const needed = Math.ceil(promptTokens / blockTokens);
  if (ids.length === needed || (lastMayLack && ids.length === whole)) return;
  const other = usualBlockTokens.find((size) => Math.ceil(promptTokens / size) === ids.length);
  const advice = other === undefined ? '' : ` Write blockTokens: ${other}?`;
  throw new BadRow(
    `${ids.length} hash_ids, but ${promptTokens} tokens are ${needed} blocks of ${blockTokens}.${advice}`,
  );
}

const usualBlockTokens = [16, 32, 64, 128, 256, 512, 1_024];
