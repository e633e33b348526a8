import { randomIndex } from '../../core/random.ts';
import { defineLength } from '../lengths.ts';
import { tokens } from '../quantities.ts';
import { clampProblem } from './clamp.ts';

export default defineLength({
  kind: 'uniform',
  summary: 'Every length from min to max alike.',
  options: { min: tokens(), max: tokens() },
  problem: clampProblem,
  create({ min, max }, random) {
    return { next: () => min + randomIndex(random, max - min + 1) };
  },
});
