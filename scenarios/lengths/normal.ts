import { randomNormal } from 'd3-random';
import { defineLength } from '../lengths.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';
import { momentOptions } from './moments.ts';

export default defineLength({
  kind: 'normal',
  summary: 'Symmetric around the mean; clamped at the ends, as inference-perf does.',
  options: { ...momentOptions, ...clampOptions },
  problem: clampProblem,
  create({ mean, sd, ...clamp }, random) {
    return clamped(randomNormal.source(random)(mean, sd), clamp);
  },
});
