import { countOf } from '../format.ts';
import type { GateResult, GateScenario } from './result.ts';

/** "least-tokens", or which took the place of which. */
export function strategiesText({ strategies }: GateScenario): string {
  if (strategies === undefined) return '';
  const [base, head] = [strategies.base, strategies.head].map(({ name, options }) => {
    const given = Object.entries(options).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return given.length === 0 ? name : `${name}:${given.join(',')}`;
  });
  return base === head ? head! : `${base} → ${head}`;
}

/** How far the runs are the same to the last bit, and where they first are not. */
export function digestText({ digests }: GateScenario): string {
  if (digests === undefined) return '';
  const { compared, equal, first } = digests;
  const same = `${equal} of ${countOf(compared, 'seed')} bit-identical`;
  return first === undefined
    ? same
    : `${same}, the first that differs is ${first.seed}: ${first.what}`;
}

/** How many seeds were looked at, and how often. */
export function looksText({ looks, meta }: GateResult): string {
  const { sizes, taken } = looks;
  if (taken === 0) return '';
  if (!meta.simulated) return countOf(taken, 'repetition');
  const look = sizes.indexOf(taken) + 1;
  return sizes.length === 1
    ? countOf(taken, 'seed')
    : `decided at look ${look} of ${sizes.length} (${countOf(taken, 'seed')} of at most ${sizes.at(-1)})`;
}
