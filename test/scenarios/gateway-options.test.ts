import { expect, test } from 'vitest';
import { policyOf } from '../../gateway/policy-of.ts';
import { smallScenario } from '../support/scenarios.ts';

test('a scenario that says nothing of its gateway has no policy at all', () => {
  const { gateway } = smallScenario();
  expect(Object.keys(gateway)).toEqual(['signals', 'kvEvents']);
  const parts = Object.values(policyOf(gateway)).filter((part) => part !== undefined);
  expect(parts).toEqual([]);
});

test('a part that is only named has the defaults that the documentation recommends', () => {
  const gateway = {
    ...{ timeouts: {}, retries: {}, queue: {}, hedging: { after: '1s' }, monitor: {} },
    health: { active: {}, passive: { kind: 'ejection' }, slowStart: {} },
  };
  expect(policyOf(smallScenario({ gateway }).gateway)).toMatchObject({
    timeouts: { connectUs: 2e6, firstByteUs: 120e6, idleUs: 60e6, totalUs: 1_800e6 },
    retries: { most: 2, backoffUs: 25_000, maxBackoffUs: 250_000, share: 0.2, atLeast: 20 },
    queue: { ordering: 'fcfs', fairness: 'none', maxLength: 5_000, maxWaitUs: 60e6 },
    hedging: { afterUs: 1e6, share: 0.05, atLeast: 1 },
    monitor: { windowUs: 60e6, alertShare: 0.8 },
    health: {
      panicBelow: 0.5,
      active: { everyUs: 5e6, timeoutUs: 2e6, fall: 3, rise: 2 },
      passive: { consecutiveFailures: 5, baseUs: 30e6, maxUs: 300e6, maxShare: 0.5 },
      slowStart: { windowUs: 30e6, leastShare: 0.1, by: 'thinning' },
    },
  });
});

test("nginx's parameters have nginx's defaults, and whole seconds", () => {
  const passive = (given: object) => {
    const gateway = { health: { passive: { kind: 'max-fails', ...given } } };
    return policyOf(smallScenario({ gateway }).gateway).health!.passive;
  };
  expect(passive({})).toEqual({ kind: 'max-fails', maxFails: 1, failTimeoutS: 10 });
  expect(passive({ failTimeout: '2500ms', maxFails: 0 })).toMatchObject({ failTimeoutS: 2 });
});

test('tiers say what they limit, and nothing else', () => {
  const requests = [{ kind: 'sliding-window', most: 60 }];
  const gateway = { admission: { tiers: { free: { concurrent: 2, requests } } } };
  const { admission } = policyOf(smallScenario({ gateway }).gateway);
  expect(admission!.tiers.get('free')).toEqual({
    maxConcurrent: 2,
    maxPromptTokens: Number.POSITIVE_INFINITY,
    requests: [{ kind: 'sliding-window', most: 60, windowUs: 60e6 }],
    tokens: [],
  });
});

function scaled(given: object, group = 'r'): Record<string, unknown> {
  return { autoscale: { [group]: { max: 4, rule: { kind: 'queue-depth' }, ...given } } };
}

test.each([
  { kind: 'add', at: '1s', group: 'r', count: 1 },
  { kind: 'remove', at: '1s', replicas: ['r-1'] },
  { kind: 'reclaim', at: '1s', replicas: ['r'] },
])('nobody else than the gateway scales a group that it scales: $kind', (event) => {
  const gateway = scaled({});
  expect(() => smallScenario({ gateway, events: [event] })).toThrow(/decided by the gateway/);
});

test('nothing is planned for a replica that is there only when it is wanted', () => {
  const crash = { kind: 'crash', at: '1s', replicas: ['r-3'] };
  const scenario = (event: object) =>
    smallScenario({ gateway: scaled({}), events: [event as Record<string, unknown>] });
  expect(() => scenario(crash)).toThrow('r-3 is there only when the gateway wants it');
  expect(() => scenario({ ...crash, replicas: ['r'] })).not.toThrow();
});

test.each<[what: string, gateway: Record<string, unknown>, message: RegExp]>([
  ['a cap of none', { maxInFlight: 0 }, /maxInFlight/],
  ['a word for a cap', { maxInFlight: 'all' }, /maxInFlight: maxNumSeqs/],
  ['an unknown part', { retry: {} }, /retry/],
  [
    'an unknown kind of limit',
    { admission: { tiers: { a: { tokens: [{ kind: 'gcra' }] } } } },
    /kind/,
  ],
  ['a time without a unit', { timeouts: { idle: 60 } }, /duration with its unit/],
  ['a hedge without a time', { hedging: {} }, /after/],
  ['growth of nobody', scaled({}, 's'), /autoscale.s: there is no group "s". Did you mean "r"/],
  ['growth without a limit', { autoscale: { r: { rule: { kind: 'queue-depth' } } } }, /max/],
  ['a limit below what there is', scaled({ max: 1 }), /r.max: "r" begins with 2, which is more/],
  ['a least above what there is', scaled({ min: 3 }), /r.min: "r" begins with 2, which is less/],
  [
    'a trend through less than two looks',
    scaled({ every: '15s', rule: { kind: 'rate-trend', replicaRps: 5, window: '29s' } }),
    /r.rule.window: with a look every 15s no line can be drawn through 29s. Write 30s or more/,
  ],
  ['a rule without its figure', scaled({ rule: { kind: 'rate-trend' } }), /replicaRps/],
])('%s is refused', (_what, gateway, message) => {
  expect(() => smallScenario({ gateway })).toThrow(message);
});
