import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { defineStrategy, type ReplicaView } from './strategy.ts';

const inFlight = (replica: ReplicaView) => replica.inFlight;

export default defineStrategy({
  name: 'least-requests',
  family: 'load',
  summary: 'The replica with the fewest requests in flight from this gateway; ties by chance.',
  options: {},
  create(_options, { random }) {
    const costs = new Costs();
    const draws = new Draws(random);
    return { pick: (_request, candidates) => costs.leastBy(candidates, draws, inFlight) };
  },
});
