import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reservations } from '../../strategies/shared/reservations.ts';
import { replicaView, requestView } from '../support/views.ts';

const attempts = fc.uniqueArray(
  fc.record({
    id: fc.nat(20),
    replica: fc.nat(40),
    amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  { selector: ({ id, replica }) => `${id} at ${replica}` },
);

test('when all is given back nothing is taken, to the last bit, whatever was taken twice', () => {
  const property = fc.property(attempts, fc.func(fc.nat()), (all, orderOf) => {
    const reservations = new Reservations();
    const [request, replica] = [requestView, replicaView];
    for (const { amount, id, replica: at } of all) {
      reservations.take(request(id), replica(at), amount);
    }
    for (const attempt of all.toSorted((a, b) => orderOf(a) - orderOf(b))) {
      const [who, where] = [request(attempt.id), replica(attempt.replica)];
      expect(reservations.giveBack(who, where)).toBe(attempt.amount);
      expect(reservations.giveBack(who, where)).toBe(undefined);
    }
    for (const { replica: at } of all) expect(reservations.taken.get(at)).toBe(0);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
