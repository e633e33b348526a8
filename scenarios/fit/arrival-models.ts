import { formatDurationUs, US_PER_S } from '../../core/time.ts';
import type { PluginOptions } from '../scenario.ts';
import type { Burstiness } from './burstiness.ts';
import type { Spells } from './spells.ts';

/** A family of processes: coordinates in which a search moves freely, and what they stand for. */
export interface ArrivalModel {
  readonly start: readonly number[];
  options(at: readonly number[]): PluginOptions;
}

/** Gamma gaps and nothing else. */
export function steady(rate: unknown, target: Burstiness): ArrivalModel {
  return {
    start: [Math.log(clamp(target.gapCv, [0.05, 20]))],
    options: ([gap]) => gammaOptions(rate, gap!, {}),
  };
}

/** Gamma gaps under a rate that drifts. */
export function drifting(rate: unknown, target: Burstiness, everyS: number): ArrivalModel {
  const last = target.dispersion.at(-1);
  const excess = last === undefined ? 0 : (last.value - 1) / (target.rateRps * last.binS);
  const noiseCv = clamp(Math.sqrt(Math.max(0, excess)), [0.02, 1.5]);
  return {
    start: [Math.log(clamp(target.gapCv, [0.3, 3])), Math.log(noiseCv), 1],
    options: ([gap, noise, memory]) => {
      const cv = clamp(Math.exp(noise!), [0, 5]);
      const lag1 = rounded(1 / (1 + Math.exp(-memory!)));
      const drift = { every: seconds(everyS), cv: rounded(cv), lag1 };
      return gammaOptions(rate, gap!, cv < 0.02 ? {} : { noise: drift });
    },
  };
}

/** Spells of traffic, inside which the rate jumps about and clients send in batches. */
export function bursting(rate: unknown, spells: Spells): ArrivalModel {
  const { followers, gapCv, off, on } = spells;
  const starts = [clamp(gapCv, [0.3, 5]), on.meanS, clamp(on.cv, [0.3, 3]), 0.5];
  const share = rounded(clamp(followers, [0, 0.9]));
  return {
    start: [...starts, clamp(off.cv, [0.3, 4]), off.meanS].map(Math.log),
    options: ([gap, onS, onCv, noise, offCv, offS]) => {
      const spell = (mean: number, cv: number) => ({
        mean: seconds(clamp(Math.exp(mean), [0.1, 86_000])),
        cv: rounded(clamp(Math.exp(cv), [0.05, 20])),
      });
      const cv = clamp(Math.exp(noise!), [0, 5]);
      return gammaOptions(rate, gap!, {
        bursts: { on: spell(onS!, onCv!), off: spell(offS!, offCv!) },
        ...(cv < 0.02 ? {} : { noise: { every: '5s', cv: rounded(cv) } }),
        ...(share < 0.01 ? {} : { batches: { share, within: '2ms' } }),
      });
    },
  };
}

function gammaOptions(rate: unknown, logCv: number, rest: PluginOptions): PluginOptions {
  return { kind: 'gamma', cv: rounded(clamp(Math.exp(logCv), [0.01, 50])), rate, ...rest };
}

/** Three digits are more than a fit knows. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function seconds(value: number): string {
  return formatDurationUs(Math.round(rounded(value) * 1_000) * (US_PER_S / 1_000));
}

function clamp(value: number, [least, most]: readonly [number, number]): number {
  return Number.isNaN(value) ? least : Math.min(most, Math.max(least, value));
}
