import type { TopLevelSpec } from 'vega-lite';
import type { Plan, PlanUniform } from '../plan.ts';

const kinds = ['keeps', 'promising', 'undecided', 'fails'] as const;
const words: Readonly<Record<(typeof kinds)[number], string>> = {
  keeps: 'keeps the SLO',
  promising: 'not judged to the end',
  undecided: 'undecided',
  fails: 'fails',
};

/**
 * What fleets of one kind cost, by how many replicas they have, and which of them do. The dashed
 * line is the answer, which may be a mixture.
 */
export function planCostPlot({ uniform, winner }: Plan): TopLevelSpec | undefined {
  const values = uniform.flatMap(pointsOf);
  if (values.length === 0) return undefined;
  const answer = winner === null ? [] : [{ usdPerHour: winner.fleet.usdPerHour }];
  const y = { field: 'usdPerHour', type: 'quantitative' as const, title: 'USD per hour' };
  const axis = { tickMinStep: 1, format: 'd' };
  const x = { field: 'replicas', type: 'quantitative' as const, title: 'replicas', axis };
  const legend = { labelLimit: 320 };
  const color = { field: 'card', type: 'nominal' as const, title: null, legend };
  return {
    width: 720,
    height: 320,
    data: { values },
    layer: [
      { mark: { type: 'line', opacity: 0.5 }, encoding: { x, y, color } },
      {
        mark: { type: 'point', size: 80, strokeWidth: 2, opacity: 1 },
        encoding: {
          x,
          y,
          color,
          shape: {
            field: 'verdict',
            type: 'nominal',
            title: null,
            legend,
            scale: {
              domain: kinds.map((kind) => words[kind]),
              range: ['circle', 'diamond', 'triangle-up', 'cross'],
            },
          },
        },
      },
      {
        data: { values: answer },
        mark: { type: 'rule', color: '#888', strokeDash: [4, 3] },
        encoding: { y },
      },
    ],
  };
}

function pointsOf({ card, tried }: PlanUniform) {
  return tried.map(({ kind, replicas, usdPerHour }) => ({
    card,
    replicas,
    usdPerHour,
    verdict: words[kind],
  }));
}
