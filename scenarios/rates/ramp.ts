import { defineRate } from '../rates.ts';
import { piecewiseRate } from './piecewise.ts';
import { pointsProblem, ratePoints, timedPoints } from './points.ts';

export default defineRate({
  kind: 'ramp',
  summary: 'From each rate to the next in a straight line.',
  options: { points: ratePoints() },
  problem: ({ points }) => pointsProblem(points),
  create({ points }) {
    const timed = timedPoints(points);
    const pieces = timed.map(({ rps, lengthUs }, index) => {
      return { lengthUs, fromRps: rps, toRps: timed[index + 1]?.rps ?? rps };
    });
    return piecewiseRate(pieces);
  },
});
