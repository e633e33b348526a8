import { defineLength } from '../lengths.ts';
import { unitGaps } from '../renewal/unit-gaps.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';
import { momentOptions, spreadProblem } from './moments.ts';

export default defineLength({
  kind: 'gamma',
  summary: "A tail like an exponential's, by mean and standard deviation.",
  options: { ...momentOptions, ...clampOptions },
  problem: (options) => clampProblem(options) ?? spreadProblem(options),
  create({ mean, sd, ...clamp }, random) {
    const relative = unitGaps({ law: 'gamma', cv: sd / mean }, random);
    return clamped(() => mean * relative.next(), clamp);
  },
});
