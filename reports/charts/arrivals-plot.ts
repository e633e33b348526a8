import type { TopLevelSpec } from 'vega-lite';
import { US_PER_S } from '../../core/time.ts';
import type { TrafficPreview } from '../traffic/preview.ts';

/** Requests per second over the run, by tenant where there are several; the warm-up is shaded. */
export function arrivalsPlot(preview: TrafficPreview): TopLevelSpec {
  const { binUs, shownUntilUs, tenants, warmupUs } = preview;
  const series = seriesOf(preview);
  const names = series.map(({ name }) => name);
  const minute = 60 * US_PER_S;
  const values = stacked(series).map(({ bin, ...rectangle }) => ({
    ...rectangle,
    from: (bin * binUs) / minute,
    until: Math.min((bin + 1) * binUs, shownUntilUs) / minute,
  }));
  return {
    width: 720,
    height: 220,
    layer: [
      ...(warmupUs === 0 ? [] : [warmupBand(Math.min(warmupUs, shownUntilUs) / minute)]),
      {
        data: { values },
        mark: { type: 'rect' },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            title: 'minutes from the start of the run; shaded: warm-up',
            scale: { nice: false, domain: [0, shownUntilUs / minute] },
            axis: { format: '~g' },
          },
          x2: { field: 'until' },
          y: { field: 'top', type: 'quantitative', title: 'requests/s', axis: { tickCount: 5 } },
          y2: { field: 'floor' },
          ...(tenants.length === 0 ? {} : { color: tenantColour(names) }),
        },
      },
    ],
  };
}

interface Series {
  readonly name: string;
  readonly rps: readonly number[];
}

/** Rectangles on top of one another, the first series at the bottom. */
function stacked(series: readonly Series[]) {
  const floors = series[0]!.rps.map(() => 0);
  return series.flatMap(({ name: tenant, rps }) =>
    rps.map((rate, bin) => {
      const floor = floors[bin]!;
      floors[bin] = floor + rate;
      return { tenant, bin, floor, top: floor + rate };
    }),
  );
}

function warmupBand(untilMinute: number) {
  return {
    data: { values: [{ from: 0, until: untilMinute }] },
    mark: { type: 'rect' as const, color: '#8883' },
    encoding: {
      x: { field: 'from', type: 'quantitative' as const },
      x2: { field: 'until' },
    },
  };
}

/** Those tenants that are told apart, and all the others as one. */
function seriesOf({ all, tenantCount, tenants }: TrafficPreview): Series[] {
  if (tenants.length === 0) return [all];
  const named: Series[] = [...tenants];
  if (tenantCount > tenants.length) {
    const rps = all.rps.map((rate, bin) =>
      tenants.reduce((left, tenant) => Math.max(0, left - tenant.rps[bin]!), rate),
    );
    named.push({ name: 'others', rps });
  }
  return named;
}

export function tenantColour(names: readonly string[]) {
  return { field: 'tenant', type: 'nominal' as const, sort: [...names], title: null };
}
