import { describe, expect, test } from 'vitest';
import { quantile } from '../../core/quantiles.ts';
import { arrivalsUntilS, countsPerWindow, gapsOf } from '../support/arrivals.ts';
import { azureTrace } from '../support/azure-traces.ts';
import { documentedTenant } from '../support/documented-traffic.ts';
import { drawLengths } from '../support/lengths.ts';
import { mean, meanSquareAround } from '../support/moments.ts';
import { hasTraceData } from '../support/trace-data.ts';

// Two tenants of docs/traffic.md are said to come as the requests of Azure's traces do.

const seeds = Array.from({ length: 100 }, (_, index) => index + 1);

interface Burstiness {
  readonly rateRps: number;
  /** Standard deviation of the gaps over their mean. */
  readonly cv: number;
  /** Variance over mean of the counts per 1, 10 and 60 s. */
  readonly dispersion: readonly number[];
}

function burstiness(timesS: readonly number[], untilS: number): Burstiness {
  const gaps = gapsOf(timesS);
  const dispersion = [1, 10, 60].map((windowS) => {
    const counts = countsPerWindow(timesS, { windowS, untilS });
    return meanSquareAround(mean(counts), counts) / mean(counts);
  });
  const cv = Math.sqrt(meanSquareAround(mean(gaps), gaps)) / mean(gaps);
  return { rateRps: timesS.length / untilS, cv, dispersion };
}

/** The average over runs as long as the trace. */
function imitated(tenant: string, untilS: number): Burstiness {
  const { arrivals } = documentedTenant(tenant);
  const runs = seeds.map((seed) => burstiness(arrivalsUntilS(arrivals, seed, untilS), untilS));
  return {
    rateRps: mean(runs.map((run) => run.rateRps)),
    cv: mean(runs.map((run) => run.cv)),
    dispersion: [0, 1, 2].map((window) => mean(runs.map((run) => run.dispersion[window]!))),
  };
}

function relativeErrors(found: Burstiness, expected: Burstiness) {
  const error = (a: number, b: number) => Math.abs(a / b - 1);
  return {
    rate: error(found.rateRps, expected.rateRps),
    cv: error(found.cv, expected.cv),
    dispersion: Math.max(...found.dispersion.map((d, i) => error(d, expected.dispersion[i]!))),
  };
}

describe.each([
  ['azure-chat', 2_099.95, { rateRps: 5.87, cv: 1.081, dispersion: [1.349, 3.54, 15.58] }],
  ['azure-code', 2_080.77, { rateRps: 3.18, cv: 12.8, dispersion: [13.24, 69.96, 161.6] }],
] as const)('the imitation of %s', (tenant, untilS, measured) => {
  test('is as bursty as the trace, which was measured by another program', () => {
    const errors = relativeErrors(imitated(tenant, untilS), measured);
    expect(errors.rate).toBeLessThan(0.02);
    expect(errors.cv).toBeLessThan(0.05);
    expect(errors.dispersion).toBeLessThan(0.15);
  });
});

describe.skipIf(!hasTraceData)('the traces themselves', () => {
  describe.each([
    ['azure-chat', 'conv'],
    ['azure-code', 'code'],
  ] as const)('%s', (tenant, file) => {
    const requests = hasTraceData ? azureTrace(file) : [];
    const times = requests.map(({ arrivalS }) => arrivalS);

    test('come as their imitation does', () => {
      const untilS = times.at(-1)!;
      const errors = relativeErrors(imitated(tenant, untilS), burstiness(times, untilS));
      expect(errors.rate).toBeLessThan(0.02);
      expect(errors.cv).toBeLessThan(0.05);
      expect(errors.dispersion).toBeLessThan(0.15);
    });

    test.each(['inputTokens', 'outputTokens'] as const)(
      'have %s that a table of their quantiles draws again, atoms and all',
      (column) => {
        const sorted = Float64Array.from(requests, (request) => request[column]).sort();
        const at = (q: number) => quantile(sorted, q)!;
        const table = Array.from({ length: 1_001 }, (_, i) => [
          i / 1_000,
          Math.round(at(i / 1_000)),
        ]);
        const drawn = drawLengths(
          { kind: 'empirical', quantiles: table },
          { seed: 1, count: 200_000 },
        );
        const redrawn = Float64Array.from(drawn).sort();
        for (const q of [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]) {
          expect(Math.abs(quantile(redrawn, q)! / at(q) - 1), `quantile ${q}`).toBeLessThan(0.05);
        }
        expect(Math.abs(mean(drawn) / mean([...sorted]) - 1)).toBeLessThan(0.05);
      },
    );
  });
});
