import { defineLength } from '../lengths.ts';
import { unitGaps } from '../renewal/unit-gaps.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';
import { momentOptions, spreadProblem } from './moments.ts';

export default defineLength({
  kind: 'weibull',
  summary: 'By mean and standard deviation; a longer tail than gamma where sd is above the mean.',
  options: { ...momentOptions, ...clampOptions },
  problem: (options) => clampProblem(options) ?? spreadProblem(options),
  create({ mean, sd, ...clamp }, random) {
    const relative = unitGaps({ law: 'weibull', cv: sd / mean }, random);
    return clamped(() => mean * relative.next(), clamp);
  },
});
