import { defineStrategy } from '../../strategies/strategy.ts';

export const moody = defineStrategy({
  name: 'moody',
  summary: 'Sends, holds or rejects by chance; what a gateway must survive.',
  options: {},
  create: (_options, { random }) => ({
    pick(_request, candidates) {
      const mood = random();
      // It never holds when nothing is in flight, or nothing would ever ask it again.
      const canHold = candidates.some(({ inFlight }) => inFlight > 0);
      if (mood < 0.2 && canHold) return 'hold';
      if (mood < 0.3) return 'reject';
      return candidates[Math.floor(random() * candidates.length)]!;
    },
  }),
});
