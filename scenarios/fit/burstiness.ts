import { createPlugin } from '../../core/plugin.ts';
import { randomStream } from '../../core/random.ts';
import { US_PER_S } from '../../core/time.ts';
import { arrivals } from '../arrivals/registry.ts';
import type { PluginOptions } from '../scenario.ts';
import { ArrivalFacts } from '../traces/arrival-facts.ts';

/** What an arrival process is fitted to. */
export interface Burstiness {
  readonly rateRps: number;
  /** Standard deviation of the gaps over their mean. */
  readonly gapCv: number;
  /** Variance over mean of the counts per bin, for bins of which there are enough. */
  readonly dispersion: readonly { readonly binS: number; readonly value: number }[];
}

/** A dispersion of fewer bins says next to nothing. */
const fewestBins = 20;
const binsS = [1, 10, 60];

export function burstinessOf(timesUs: Iterable<number>, spanUs: number): Burstiness {
  const facts = new ArrivalFacts();
  let count = 0;
  for (const timeUs of timesUs) {
    facts.add(timeUs);
    count += 1;
  }
  const { counts, gapCv } = facts.result();
  return {
    rateRps: (count * US_PER_S) / spanUs,
    gapCv,
    dispersion: counts
      .filter(({ binS }) => binsS.includes(binS) && spanUs >= fewestBins * binS * US_PER_S)
      .map(({ binS, dispersion }) => ({ binS, value: dispersion })),
  };
}

/** The average over so many runs of a process, each as long as the trace. */
export function simulatedBurstiness(
  options: PluginOptions,
  { firstSeed = 1, runs, spanUs }: { firstSeed?: number; runs: number; spanUs: number },
): Burstiness {
  return meanBurstiness(
    Array.from({ length: runs }, (_, run) =>
      burstinessOf(arrivalTimes(options, firstSeed + run, spanUs), spanUs),
    ),
  );
}

export function meanBurstiness(measured: readonly Burstiness[]): Burstiness {
  const average = (of: (one: Burstiness) => number) =>
    measured.reduce((sum, one) => sum + of(one), 0) / measured.length;
  return {
    rateRps: average(({ rateRps }) => rateRps),
    gapCv: average(({ gapCv }) => gapCv),
    dispersion: measured[0]!.dispersion.map(({ binS }, index) => {
      return { binS, value: average(({ dispersion }) => dispersion[index]!.value) };
    }),
  };
}

/** The figures of both, one beside the other. */
export function figuresOf({ dispersion, gapCv }: Burstiness): { name: string; value: number }[] {
  return [
    { name: 'CV of gaps', value: gapCv },
    ...dispersion.map(({ binS, value }) => ({ name: `dispersion, ${binS} s`, value })),
  ];
}

function* arrivalTimes(options: PluginOptions, seed: number, spanUs: number): Generator<number> {
  const chance = (purpose: string) => randomStream(seed, `${purpose}/fit`);
  const arriving = createPlugin(arrivals, options, { chance, rateFactor: 1 });
  for (;;) {
    const timeUs = Math.round(arriving.nextUs());
    if (timeUs >= spanUs) return;
    yield timeUs;
  }
}
