import { randomIndex } from '../core/random.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'random',
  family: 'classic',
  summary: 'Any replica, with equal chance. The baseline that everything must beat.',
  options: {},
  create: (_options, { random }) => ({
    pick: (_request, candidates) => candidates[randomIndex(random, candidates.length)]!,
  }),
});
