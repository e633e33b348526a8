import type { TopLevelSpec } from 'vega-lite';
import { type Agreement, agreementMetricNames, agreementMetrics } from '../agreement.ts';

/**
 * Predicted over measured latency, both logarithmic, so that the same distance from the line is the
 * same error for a token of 20 ms and an answer of 20 s. Undefined when nothing can be drawn.
 */
export function agreementPlot({ strategies }: Agreement): TopLevelSpec | undefined {
  const values = strategies.flatMap(({ figures, name }) =>
    agreementMetricNames.flatMap((metric) => {
      const { measured, simulated } = figures[metric];
      const { family, label } = agreementMetrics[metric];
      if (family === 'rate' || simulated === null || measured === null) return [];
      // A logarithm has no place for nothing.
      if (simulated.mean <= 0 || measured.mean <= 0) return [];
      const point = { simulatedMs: simulated.mean, measuredMs: measured.mean };
      return [{ strategy: name, label, family, ...point }];
    }),
  );
  if (values.length === 0) return undefined;
  const all = values.flatMap(({ measuredMs, simulatedMs }) => [measuredMs, simulatedMs]);
  const domain = [Math.min(...all) / margin, Math.max(...all) * margin];
  const axis = (title: string) => ({
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { tickCount: 6, format: '~s', grid: false },
    title,
  });
  const x = { field: 'measuredMs', ...axis('measured, ms') };
  const y = { field: 'simulatedMs', ...axis('simulated, ms') };
  return {
    width: 420,
    height: 420,
    data: { values },
    layer: [
      {
        data: { values: domain.map((ms) => ({ measuredMs: ms, simulatedMs: ms })) },
        mark: { type: 'line', color: '#888', strokeWidth: 1.5, strokeDash: [4, 3] },
        encoding: { x, y },
      },
      {
        mark: { type: 'point', size: 60, strokeWidth: 2, opacity: 1 },
        encoding: {
          x,
          y,
          color: {
            field: 'strategy',
            type: 'nominal',
            sort: strategies.map(({ name }) => name),
            title: null,
          },
          shape: { field: 'family', type: 'nominal', sort: ['TTFT', 'TPOT', 'E2E'], title: null },
        },
      },
    ],
  };
}

const margin = 1.2;
