import fc from 'fast-check';

const rps = fc.double({ min: 0.01, max: 1_000, noNaN: true });
const rpsOrNone = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: rps });

const points = fc
  .tuple(fc.array(fc.tuple(fc.integer({ min: 1, max: 600_000 }), rpsOrNone), { maxLength: 6 }), rps)
  .map(([before, last]) => {
    let atMs = 0;
    const all = before.map(([lengthMs, rate]) => {
      const point = { at: `${atMs}ms`, rate };
      atMs += lengthMs;
      return point;
    });
    return [...all, { at: `${atMs}ms`, rate: last }];
  });

const factor = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true }));

/** Every kind of curve, as a scenario would write it. */
export const anyRate: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  fc.record({ kind: fc.constantFrom('steps', 'ramp'), points }),
  fc.record({
    kind: fc.constant('sinusoid'),
    mean: rps,
    amplitude: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    period: fc.integer({ min: 1, max: 3_600 }).map((s) => `${s}s`),
    phase: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('diurnal'),
    mean: rps,
    hours: fc
      .array(factor, { minLength: 24, maxLength: 24 })
      .map((hours) => (hours.some((hour) => hour > 0) ? hours : hours.map(() => 1))),
    days: fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 1, maxLength: 3 }),
    startHour: fc.nat(23),
  }),
);
