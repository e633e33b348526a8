import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { libraryScenario, smallScenario } from '../support/scenarios.ts';
import { playByHand } from './support/manual-clients.ts';
import { answerAt, type WireRequest } from './support/manual-world.ts';

// However many play a scenario together, a server that answers alike gets the same requests at the
// same times.

const closed = smallScenario({
  traffic: [
    {
      tenant: 'users',
      users: { users: 7, pause: '2s', rampUp: '5s' },
      job: { kind: 'conversation', turns: 3, question: 50, answer: 100 },
    },
    { tenant: 'lone', users: { users: 2 } },
    { tenant: 'open', arrivals: { kind: 'poisson', rate: 5 } },
  ],
});

const names = ['azure-chat', 'multi-turn-chat', 'agentic-fanout', 'tenant-skew'];
const worlds: (readonly [string, Scenario])[] = [
  ...names.map((name) => [name, libraryScenario(name)] as const),
  ['closed loops', closed],
];

test.each(worlds)('%s is the same for one, two and three players', (_name, world) => {
  const scenario = { ...world, warmupUs: 2e6, durationUs: 20e6 };
  const [one, two, three] = [1, 2, 3].map((of) => sentBy(scenario, of));
  expect(one!.flat().length).toBeGreaterThan(20);
  for (const shares of [two!, three!]) {
    expect(shares.flat().sort()).toEqual(one!.flat().sort());
    // Nobody has nothing to do.
    for (const share of shares) expect(share.length).toBeGreaterThan(0);
  }
});

test.each(worlds)('%s leaves a session to one player', (_name, world) => {
  const scenario = { ...world, warmupUs: 2e6, durationUs: 20e6 };
  const seen = new Map<string, number>();
  for (let index = 0; index < 3; index++) {
    for (const { head } of wireOf(scenario, index, 3)) {
      const session = /x-session-id: (\d+)/.exec(head)?.[1];
      if (session === undefined) continue;
      expect(seen.get(session) ?? index).toBe(index);
      seen.set(session, index);
    }
  }
});

function wireOf(scenario: Scenario, index: number, of: number): WireRequest[] {
  const { wire } = playByHand(scenario, answerAt(1_500_000), { share: { index, of } });
  // Each goes on behind the window until it has what counts.
  return wire.filter(({ atUs }) => atUs < 22e6);
}

function sentBy(scenario: Scenario, of: number): string[][] {
  return Array.from({ length: of }, (_, index) =>
    wireOf(scenario, index, of).map(({ atUs, body, head }) => {
      const session = /x-session-id: \d+/.exec(head)?.[0];
      const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
      return `${atUs} ${session} ${digest.slice(0, 12)}`;
    }),
  );
}
