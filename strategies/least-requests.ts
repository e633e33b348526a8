import { leastCost } from './shared/least.ts';
import { defineStrategy, type ReplicaView } from './strategy.ts';

const inFlight = (replica: ReplicaView) => replica.inFlight;

export default defineStrategy({
  name: 'least-requests',
  summary: 'The replica with the fewest requests in flight from this gateway; ties by chance.',
  options: {},
  create: (_options, { random }) => ({
    pick: (_request, candidates) => leastCost(candidates, random, inFlight),
  }),
});
