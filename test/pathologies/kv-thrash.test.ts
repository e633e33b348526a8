import { expect, test } from 'vitest';
import { busiestShare, fatesOf, hitShare } from '../support/fates.ts';

// prime-rl hashed rollouts by their beginning, which they had in common: one of four nodes got all,
// its cache was too small for them, each turn threw out what the next one needed, and hits fell from
// 98 to 5 %, four times slower, while three nodes were idle.

const replicas = 4;

const rollout = {
  kind: 'conversation',
  prefix: [{ tokens: 512 }],
  context: { kind: 'constant', tokens: 1_500 },
  turns: 12,
  question: { kind: 'constant', tokens: 64 },
  answer: { kind: 'constant', tokens: 64 },
  think: '100ms',
};

/** All rollouts fit into the four caches together, and not into two of them. */
const world = {
  replicas,
  engine: { numGpuBlocksOverride: 2_000, stepTime: { kind: 'roofline' }, maxModelLen: 8_192 },
  traffic: [{ users: { users: 32 }, job: rollout }],
  warmup: '10s',
  duration: '40s',
};

/** The window of tokens that suits a real fleet is more than all there is here. */
const inRequests = { load: 'requests', window: 8 };

function run(strategy: string) {
  const options = strategy === 'cache-aware-window' ? inRequests : {};
  const rows = fatesOf(world, strategy, options).filter(
    ({ intendedUs, outcome, turn }) => intendedUs > 10e6 && outcome === 'ok' && turn > 1,
  );
  return { share: busiestShare(rows), hits: hitShare(rows), answers: rows.length };
}

test('rollouts that are hashed by what they share throw each other out of one cache', () => {
  const hashed = run('prefix-hash');
  expect(hashed.share).toBe(1);
  expect(hashed.hits).toBeLessThan(0.3);
  for (const strategy of ['session-affinity', 'cache-aware-window', 'predicted-finish']) {
    const spread = run(strategy);
    expect(spread.share).toBeLessThan(1.3 / replicas);
    expect(spread.hits).toBeGreaterThan(0.9);
    expect(spread.answers).toBeGreaterThan(4 * hashed.answers);
  }
});
