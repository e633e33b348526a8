import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DecodingGuest, DecodingGuests } from '../../../sim/twin/decoding-guests.ts';
import { OutputLengths } from '../../../strategies/shared/output-lengths.ts';

function newGuest(promptTokens: number): DecodingGuest {
  return { tenant: 'chat', promptTokens, haste: 1e-5, firstStep: 0, endStep: 0, place: 0 };
}

test('the sums are those over all who are there, whoever comes and goes', () => {
  const acts = fc.array(fc.record({ comes: fc.boolean(), tokens: fc.nat(5_000) }), {
    maxLength: 200,
  });
  const property = fc.property(acts, (run) => {
    const lengths = new OutputLengths();
    for (let answer = 0; answer < 20; answer++) lengths.add('chat', 50 + answer * 20);
    const guests = new DecodingGuests(lengths);
    const here: DecodingGuest[] = [];
    for (const [step, { comes, tokens }] of run.entries()) {
      if (comes || here.length === 0) {
        const guest = newGuest(tokens);
        here.push(guest);
        guests.add(guest, step);
      } else {
        guests.remove(here.splice(tokens % here.length, 1)[0]!);
      }
      guests.look(step);
      const contexts = here.map(({ firstStep, promptTokens }) => promptTokens + step - firstStep);
      expect(guests.count).toBe(here.length);
      expect(guests.contextTokens(step)).toBeCloseTo(
        contexts.reduce((a, b) => a + b, 0),
        6,
      );
      const left = here.map(({ endStep }) => endStep - step).reduce((a, b) => a + b, 0);
      const mean = here.length > 0 ? left / here.length : 1;
      expect(guests.meanLeft(step)).toBeCloseTo(Math.max(1, mean), 6);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('who outlives what was expected of it is expected to be longer', () => {
  const lengths = new OutputLengths();
  for (let answer = 0; answer < 200; answer++) lengths.add('chat', answer % 10 === 0 ? 2_000 : 50);
  const guests = new DecodingGuests(lengths);
  for (let guest = 0; guest < 40; guest++) guests.add(newGuest(100), 0);
  // Newer answers count more, so it is not exactly the mean of 245.
  expect(Math.abs(guests.meanLeft(0) - 245)).toBeLessThan(20);
  // A few are asked at a time, and all of them after some time.
  for (let looks = 0; looks < 10; looks++) guests.look(400);
  expect(guests.meanLeft(400)).toBeGreaterThan(1_400);
});
