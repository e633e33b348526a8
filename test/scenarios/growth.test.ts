import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askedRps } from '../../scenarios/asked-rate.ts';
import { withGrowth } from '../../scenarios/growth.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { smallScenario } from '../support/scenarios.ts';

const scenario = smallScenario();
const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const window = { fromUs: 0, untilUs: 1e6 };

function firstRequests(of: Scenario) {
  const stream = new RequestStream(of, 1);
  return Array.from({ length: 50 }, () => stream.next());
}

test('more traffic is the same requests, only sooner', () => {
  const plain = firstRequests(scenario);
  fc.assert(
    fc.property(factor, (requests) => {
      const grown = withGrowth(scenario, { requests, promptTokens: 1 });
      expect(askedRps(grown.traffic[0]!, window)).toBeCloseTo(5 * requests, 6);
      for (const [index, request] of firstRequests(grown).entries()) {
        const { arrivalUs, promptTokens, outputTokens } = plain[index]!;
        expect(request).toMatchObject({ promptTokens, outputTokens });
        // Both are rounded to microseconds.
        const differenceUs = Math.abs(request.arrivalUs * requests - arrivalUs);
        expect(differenceUs).toBeLessThan(0.501 * (requests + 1));
      }
    }),
  );
});

test('longer prompts come at the same times, with the same answers', () => {
  const plain = firstRequests(scenario);
  fc.assert(
    fc.property(factor, (promptTokens) => {
      const grown = withGrowth(scenario, { requests: 1, promptTokens });
      for (const [index, request] of firstRequests(grown).entries()) {
        const before = plain[index]!;
        const tokens = Math.max(1, Math.round(before.promptTokens * promptTokens));
        const { arrivalUs, outputTokens } = before;
        expect(request).toMatchObject({ arrivalUs, outputTokens, promptTokens: tokens });
      }
    }),
  );
});

test('growth upon growth multiplies, and of users there are more', () => {
  const twice = withGrowth(withGrowth(scenario, { requests: 1.5, promptTokens: 2 }), {
    requests: 2,
    promptTokens: 1,
  });
  expect(twice.traffic[0]!.growth).toEqual({ requests: 3, promptTokens: 2 });
  const closed = smallScenario({ traffic: [{ users: { users: 8 } }] });
  const grown = withGrowth(closed, { requests: 1.25, promptTokens: 1 });
  expect(grown.traffic[0]!.users!.users).toBe(10);
});
