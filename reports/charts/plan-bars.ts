import type { TopLevelSpec } from 'vega-lite';
import type { Plan, PlanFleet } from '../plan.ts';

interface Bar {
  readonly name: string;
  readonly fleet: PlanFleet | null;
}

/** What is needed when something is not as it was planned. */
export function planWhatIfPlot({ whatIfs, winner }: Plan): TopLevelSpec | undefined {
  const bars = whatIfs.map(({ fleet, what }) => ({ name: what, fleet }));
  return costBars(bars, winner?.fleet);
}

/** What is needed under each strategy. */
export function planStrategiesPlot({ strategies, winner }: Plan): TopLevelSpec | undefined {
  return costBars(strategies, winner?.fleet);
}

/** USD per hour, with the fleet beside it; a dashed line where the answer is. */
function costBars(bars: readonly Bar[], answer: PlanFleet | undefined): TopLevelSpec | undefined {
  if (bars.length === 0 || answer === undefined) return undefined;
  const values = bars.map(({ fleet, name }) => ({
    name,
    usdPerHour: fleet?.usdPerHour ?? 0,
    label: fleet?.text ?? 'no fleet within the limits',
  }));
  const axis = { labelLimit: 320 };
  const y = { field: 'name', type: 'nominal' as const, title: null, sort: null, axis };
  const x = { field: 'usdPerHour', type: 'quantitative' as const, title: 'USD per hour' };
  return {
    width: 560,
    height: { step: 28 },
    data: { values },
    layer: [
      { mark: { type: 'bar', height: 18 }, encoding: { x, y } },
      {
        mark: { type: 'text', align: 'left', dx: 6, color: 'currentColor' },
        encoding: { x, y, text: { field: 'label' } },
      },
      {
        data: { values: [{ usdPerHour: answer.usdPerHour }] },
        mark: { type: 'rule', color: '#888', strokeDash: [4, 3] },
        encoding: { x: { field: 'usdPerHour', type: 'quantitative' } },
      },
    ],
  };
}
