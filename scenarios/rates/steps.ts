import { defineRate } from '../rates.ts';
import { piecewiseRate } from './piecewise.ts';
import { pointsProblem, ratePoints, timedPoints } from './points.ts';

export default defineRate({
  kind: 'steps',
  summary: 'Each rate holds until the next begins.',
  options: { points: ratePoints() },
  problem: ({ points }) => pointsProblem(points),
  create({ points }) {
    const pieces = timedPoints(points).map(({ rps, lengthUs }) => {
      return { lengthUs, fromRps: rps, toRps: rps };
    });
    return piecewiseRate(pieces);
  },
});
