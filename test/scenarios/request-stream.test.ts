import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { anyRate } from '../support/any-rate.ts';
import { libraryScenario, type SmallTenant, smallScenario } from '../support/scenarios.ts';

function requestsOf(scenario: Pick<Scenario, 'slo' | 'traffic'>, seed: number, count: number) {
  const stream = new RequestStream(scenario, seed);
  return Array.from({ length: count }, () => stream.next());
}

/** What belongs to the tenant alone; the id counts over all tenants. */
function attributes({ arrivalUs, tenant, promptTokens, outputTokens }: RequestSpec) {
  return { arrivalUs, tenant, promptTokens, outputTokens };
}

const anyLength = fc.oneof(
  fc.record({ kind: fc.constant('constant'), tokens: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ kind: fc.constant('exponential'), mean: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({
    kind: fc.constant('log-normal'),
    mean: fc.integer({ min: 1, max: 5_000 }),
    sd: fc.integer({ min: 1, max: 5_000 }),
  }),
);

const rate = fc.oneof(fc.double({ min: 0.1, max: 1_000, noNaN: true }), anyRate);

/** Without those that are undefined, as a file has them. */
const anyOptions = fc
  .record({
    noise: fc.option(fc.constant({ every: '1s', cv: 0.5, lag1: 0.5 }), { nil: undefined }),
    bursts: fc.option(fc.constant({ on: { mean: '1s' }, off: { mean: '2s', law: 'weibull' } }), {
      nil: undefined,
    }),
    batches: fc.option(fc.constant({ share: 0.3, within: '2ms' }), { nil: undefined }),
  })
  .map((options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value)));

const anyArrivals = fc.oneof(
  fc.record({ kind: fc.constant('constant'), rate }),
  fc
    .tuple(
      fc.oneof(
        fc.constant({ kind: 'poisson' }),
        fc.record({
          kind: fc.constantFrom('gamma', 'weibull'),
          cv: fc.double({ min: 0.01, max: 20, noNaN: true }),
        }),
      ),
      rate,
      anyOptions,
    )
    .map(([law, rate, options]) => ({ ...law, rate, ...options })),
);

const anyTenants: fc.Arbitrary<SmallTenant[]> = fc.uniqueArray(
  fc.record({
    tenant: fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/),
    arrivals: anyArrivals,
    input: anyLength,
    output: anyLength,
  }),
  { minLength: 1, maxLength: 5, selector: ({ tenant }) => tenant },
);

describe('the requests of a scenario', () => {
  test('are the same for the same seed, and others for another seed', () => {
    const property = fc.property(anyTenants, fc.maxSafeInteger(), (traffic, seed) => {
      const scenario = smallScenario({ traffic });
      expect(requestsOf(scenario, seed, 50)).toEqual(requestsOf(scenario, seed, 50));
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
    const chat = libraryScenario('azure-chat');
    expect(requestsOf(chat, 1, 20)).not.toEqual(requestsOf(chat, 2, 20));
  });

  test('come in the order of time, numbered without a gap, with at least a token each', () => {
    const property = fc.property(anyTenants, fc.nat(), (traffic, seed) => {
      const stream = new RequestStream(smallScenario({ traffic }), seed);
      let clockUs = 0;
      for (let id = 0; id < 200; id++) {
        const announcedUs = stream.nextArrivalUs;
        const request = stream.next();
        expect(request.id).toBe(id);
        expect(request.arrivalUs).toBe(announcedUs);
        expect(request.arrivalUs).toBeGreaterThanOrEqual(clockUs);
        for (const value of [request.arrivalUs, request.promptTokens, request.outputTokens]) {
          expect(Number.isSafeInteger(value)).toBe(true);
        }
        expect(Math.min(request.promptTokens, request.outputTokens)).toBeGreaterThanOrEqual(1);
        clockUs = request.arrivalUs;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('of one tenant are untouched by every other tenant', () => {
    const property = fc.property(anyTenants, fc.nat(), (traffic, seed) => {
      const together = requestsOf(smallScenario({ traffic }), seed, 200);
      for (const tenant of traffic) {
        const mine = together.filter((request) => request.tenant === tenant.tenant);
        const alone = requestsOf(smallScenario({ traffic: [tenant] }), seed, mine.length);
        expect(mine.map(attributes)).toEqual(alone.map(attributes));
      }
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('keep their times when only lengths change, and their lengths when the rate does', () => {
    const base = requestsOf(smallScenario(), 7, 200);
    const longer = smallScenario({ traffic: [{ input: { kind: 'constant', tokens: 9 } }] });
    const faster = smallScenario({ traffic: [{ arrivals: { kind: 'poisson', rate: 50 } }] });
    const withLonger = requestsOf(longer, 7, 200);
    expect(withLonger.map(({ arrivalUs }) => arrivalUs)).toEqual(base.map((r) => r.arrivalUs));
    expect(withLonger.map(({ outputTokens }) => outputTokens)).toEqual(
      base.map((r) => r.outputTokens),
    );
    expect(requestsOf(faster, 7, 200).map((r) => [r.promptTokens, r.outputTokens])).toEqual(
      base.map((r) => [r.promptTokens, r.outputTokens]),
    );
  });

  test('keep the draws of each purpose when another is changed', () => {
    const withArrivals = (options: object) =>
      requestsOf(
        smallScenario({ traffic: [{ arrivals: { kind: 'gamma', rate: 5, cv: 2, ...options } }] }),
        7,
        200,
      );
    const plain = withArrivals({});
    const noise = { every: '1s', cv: 0.5 };
    const steady = withArrivals({ noise: { ...noise, cv: 0 } });
    expect(steady.map(({ arrivalUs }) => arrivalUs)).toEqual(plain.map((r) => r.arrivalUs));
    const noisy = withArrivals({ noise });
    expect(noisy.map(({ arrivalUs }) => arrivalUs)).not.toEqual(plain.map((r) => r.arrivalUs));
    expect(noisy.map(({ promptTokens }) => promptTokens)).toEqual(plain.map((r) => r.promptTokens));
  });

  test('take input and output from one row, as often as the weights say', () => {
    const lengths = [
      [374, 44],
      [396, 109, 2],
      [879, 55, 1],
    ];
    const requests = requestsOf(smallScenario({ traffic: [{ lengths }] }), 1, 20_000);
    const shares = lengths.map(([input, output]) => {
      const same = requests.filter((r) => r.promptTokens === input && r.outputTokens === output);
      return same.length / requests.length;
    });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const [row, share] of [0.25, 0.5, 0.25].entries()) {
      const standardError = Math.sqrt((share * (1 - share)) / requests.length);
      expect(Math.abs(shares[row]! - share)).toBeLessThan(4 * standardError);
    }
  });

  test('of this scenario stay what they are, whatever a new version of a library draws', () => {
    const input = { kind: 'log-normal', mean: 1_246, sd: 1_204 };
    const first = requestsOf(smallScenario({ traffic: [{ tenant: 'chat', input }] }), 1, 5);
    expect(first.map((r) => [r.arrivalUs, r.promptTokens, r.outputTokens])).toEqual([
      [373_384, 1_753, 43],
      [487_084, 269, 6],
      [814_163, 1_262, 20],
      [884_460, 697, 9],
      [971_319, 1_170, 11],
    ]);
  });
});
