import { describe, expect, test } from 'vitest';
import { fatesOf, hitShare } from '../support/fates.ts';

// One replica more, and a hash modulo their number sends nearly every conversation elsewhere: all
// caches are cold at once, just when the fleet was short of room.

const before = 8;
const joinUs = 60e6;

const conversation = {
  kind: 'conversation',
  context: { kind: 'constant', tokens: 1_000 },
  turns: 40,
  question: { kind: 'constant', tokens: 20 },
  answer: { kind: 'constant', tokens: 20 },
  think: '1s',
};

const world = {
  replicas: before,
  traffic: [{ arrivals: { kind: 'poisson', rate: 4 }, job: conversation }],
  events: [{ kind: 'add', at: '60s', group: 'r', count: 1 }],
  warmup: '0s',
  duration: '64s',
};

/** Of conversations under way, the share that moves, and what is found in caches around the join. */
function join(strategy: string) {
  const rows = fatesOf(world, strategy, { key: 'session' }).filter(({ turn }) => turn > 1);
  const earlier = rows.filter(({ intendedUs }) => intendedUs < joinUs);
  const home = new Map(earlier.map(({ replica, session }) => [session, replica]));
  const between = (fromUs: number, untilUs: number) =>
    rows.filter(({ intendedUs }) => intendedUs >= fromUs && intendedUs < untilUs);
  const next = between(joinUs, joinUs + 1e6).filter(({ session }) => home.has(session));
  const moved = next.filter(({ replica, session }) => home.get(session) !== replica);
  return {
    moved: moved.length / next.length,
    hitsBefore: hitShare(between(joinUs - 5e6, joinUs)),
    hitsAfter: hitShare(next),
  };
}

describe('when a ninth replica joins', () => {
  test('a hash modulo their number moves nearly all conversations, and finds nothing', () => {
    const { hitsAfter, hitsBefore, moved } = join('modulo-hash');
    expect(Math.abs(moved - before / (before + 1))).toBeLessThan(0.08);
    expect(hitsBefore).toBeGreaterThan(0.95);
    expect(hitsAfter).toBeLessThan(0.2);
  });

  test.each(['ring-hash', 'rendezvous-hash', 'maglev-hash'])(
    '%s moves about a ninth',
    (strategy) => {
      const { hitsAfter, hitsBefore, moved } = join(strategy);
      expect(moved).toBeGreaterThan(0.02);
      expect(moved).toBeLessThan(0.2);
      expect(hitsBefore).toBeGreaterThan(0.95);
      expect(hitsAfter).toBeGreaterThan(0.8);
    },
  );
});
