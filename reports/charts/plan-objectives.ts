import type { TopLevelSpec } from 'vega-lite';
import type { Plan, PlanCheck } from '../plan.ts';
import { situationText } from '../plan-words.ts';

/** How much of each limit the answer uses, situation by situation; a tick is the 95 % bound. */
export function planObjectivesPlot({ question, winner }: Plan): TopLevelSpec | undefined {
  if (winner === null) return undefined;
  const values = winner.verdict.checks.map((check) => ({
    objective: check.text,
    when: situationText(check.situation, question.survive),
    used: usedShare(check, check.mean),
    bound: usedShare(check, check.bound),
  }));
  const wide = { labelLimit: 320 };
  const y = { field: 'objective', type: 'nominal' as const, title: null, sort: null, axis: wide };
  const title = 'share of the limit that is used; of goodput, of what may be missing';
  const axis = { format: '.0%' };
  const yOffset = { field: 'when', type: 'nominal' as const };
  return {
    width: 640,
    height: { step: 18 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 12 },
        encoding: {
          x: { field: 'used', type: 'quantitative', title, axis },
          y,
          yOffset,
          color: { field: 'when', type: 'nominal', title: null, legend: wide },
        },
      },
      {
        mark: { type: 'tick', color: '#000', thickness: 2, height: 14 },
        encoding: { x: { field: 'bound', type: 'quantitative' }, y, yOffset },
      },
      {
        data: { values: [{ limit: 1 }] },
        mark: { type: 'rule', color: '#c00', strokeWidth: 2 },
        encoding: { x: { field: 'limit', type: 'quantitative' } },
      },
    ],
  };
}

function usedShare({ limit, unit }: PlanCheck, value: number | null): number | null {
  if (value === null) return null;
  return unit === 'ms' ? value / limit : (1 - value) / (1 - limit);
}
