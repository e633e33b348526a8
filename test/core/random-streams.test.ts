import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, randomIndex, randomStream } from '../../core/random.ts';

function draws(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random());
}

describe('named streams of chance', () => {
  test('the same seed and name give the same bits, whatever else is drawn in between', () => {
    const name = fc.string({ minLength: 1, maxLength: 20 });
    const property = fc.property(fc.maxSafeInteger(), name, name, (seed, mine, other) => {
      const undisturbed = draws(randomStream(seed, mine), 20);
      const noise = randomStream(seed, other);
      const again = randomStream(seed, mine);
      const disturbed = undisturbed.map(() => {
        noise();
        return again();
      });
      expect(disturbed).toEqual(undisturbed);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('streams of different names or seeds have nothing in common', () => {
    const name = fc.string({ maxLength: 12 });
    const id = fc.tuple(fc.nat(1_000), name);
    const property = fc.property(id, id, ([seedA, nameA], [seedB, nameB]) => {
      fc.pre(seedA !== seedB || nameA !== nameB);
      const a = new Set(draws(randomStream(seedA, nameA), 50));
      const b = draws(randomStream(seedB, nameB), 50);
      expect(b.filter((draw) => a.has(draw))).toEqual([]);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('the first draws of a stream never change, also when a library does', () => {
    expect(draws(randomStream(1, 'arrivals/chat'), 6)).toEqual([
      0.8454009984350846, 0.43362481535861963, 0.8051248443254665, 0.29635615565914675,
      0.352280448445373, 0.47374594433352246,
    ]);
    expect(draws(randomStream(20_260_101, 'strategy/random'), 6)).toEqual([
      0.5044835192321511, 0.6465082260323154, 0.2738909278575852, 0.07520346901059394,
      0.689320320149105, 0.8458645989339169,
    ]);
  });

  test('draws lie in [0, 1) and use more than 32 bits', () => {
    const sample = draws(randomStream(3, 'bits'), 10_000);
    expect(sample.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    const coarse = sample.filter((draw) => Number.isInteger(draw * 2 ** 32));
    expect(coarse.length).toBeLessThan(5);
  });

  test('draws are uniform, by a chi-square test of 100 cells over 100 streams', () => {
    const chiSquares = Array.from({ length: 100 }, (_, stream) => {
      const cells = new Array<number>(100).fill(0);
      const random = randomStream(11, `arrivals/tenant-${stream}`);
      for (let draw = 0; draw < 20_000; draw++) cells[Math.floor(random() * 100)]! += 1;
      return cells.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    });
    // With 99 degrees of freedom the mean is 99 and the variance 198; four standard errors.
    const mean = chiSquares.reduce((sum, chiSquare) => sum + chiSquare, 0) / chiSquares.length;
    expect(Math.abs(mean - 99)).toBeLessThan(4 * Math.sqrt(198 / chiSquares.length));
    expect(Math.max(...chiSquares)).toBeLessThan(175);
  });

  test('neighbours are uncorrelated: of one stream, of two names, and of two seeds', () => {
    const count = 50_000;
    const base = draws(randomStream(1, 'arrivals/a'), count + 1);
    const others = [
      base.slice(1),
      draws(randomStream(1, 'arrivals/b'), count),
      draws(randomStream(2, 'arrivals/a'), count),
    ];
    for (const other of others) {
      const products = other.map((draw, index) => (draw - 0.5) * (base[index]! - 0.5) * 12);
      const correlation = products.reduce((sum, product) => sum + product, 0) / count;
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  test('a random index is a member of the range, even for the largest draw there is', () => {
    const draw = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true });
    const property = fc.property(draw, fc.integer({ min: 1, max: 100_000 }), (value, n) => {
      const index = randomIndex(() => value, n);
      expect(Number.isInteger(index) && index >= 0 && index < n).toBe(true);
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});
