import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bySession, playTraffic, requestsOf } from '../../support/played-traffic.ts';
import { sharedTokens } from '../../support/shared-tokens.ts';

const length = (max: number) =>
  fc.oneof(
    fc.integer({ min: 1, max }),
    fc.record({ kind: fc.constant('exponential'), mean: fc.integer({ min: 1, max }) }),
  );

const anyConversation = fc.record(
  {
    kind: fc.constant('conversation'),
    turns: length(6),
    question: length(30),
    answer: length(60),
    think: fc.constantFrom('0s', '2s'),
    context: length(100),
    prefix: fc.array(fc.record({ tokens: length(50), choices: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 3,
    }),
    leaveShare: fc.constantFrom(0.1, 0.5),
    maxTokens: fc.integer({ min: 16, max: 400 }),
  },
  { requiredKeys: ['kind', 'turns', 'question', 'answer'] },
);

describe('a conversation', () => {
  test('repeats all that was said, word for word, and then asks something new', () => {
    const property = fc.property(anyConversation, fc.nat(), (job, seed) => {
      const played = playTraffic([{ job }], 60, { seed });
      const sessions = bySession(requestsOf(played));
      expect(sessions.has(0)).toBe(false);
      for (const requests of sessions.values()) {
        expect(requests.map(({ turn }) => turn)).toEqual(requests.map((_, index) => index + 1));
        for (const [index, { promptTokens, prompt }] of requests.entries()) {
          expect(promptTokens).toBe(prompt.reduce((sum, { tokens }) => sum + tokens, 0));
          const before = requests[index - 1];
          if (before === undefined) continue;
          const said = before.promptTokens + before.outputTokens;
          const answer = { ...before.answer, tokens: before.outputTokens };
          expect(sharedTokens([...before.prompt, answer], prompt)).toBe(said);
          expect(promptTokens).toBeGreaterThan(said);
        }
      }
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('never grows beyond its limit, not even in its first turn', () => {
    const property = fc.property(anyConversation, fc.nat(), (job, seed) => {
      for (const { request } of playTraffic([{ job }], 60, { seed })) {
        const { outputTokens, promptTokens } = request;
        expect(promptTokens + outputTokens).toBeLessThanOrEqual(job.maxTokens ?? 131_072);
        expect(Math.min(promptTokens, outputTokens)).toBeGreaterThanOrEqual(1);
      }
    });
    fc.assert(property, { seed: 2, numRuns: 100 });
  });

  test('shares with other conversations nothing but its prefix', () => {
    const prefix = [{ tokens: 20 }, { tokens: 7, choices: 3 }];
    const job = { kind: 'conversation', turns: 3, question: 5, answer: 9, prefix };
    const first = requestsOf(playTraffic([{ job }], 100)).filter(({ turn }) => turn === 1);
    for (const a of first) {
      for (const b of first) {
        if (a === b) continue;
        const isSameGroup = a.prompt[1]!.text === b.prompt[1]!.text;
        expect(sharedTokens(a.prompt, b.prompt)).toBe(isSameGroup ? 27 : 20);
      }
    }
    expect(new Set(first.map(({ prompt }) => prompt[1]!.text)).size).toBe(3);
  });

  test('goes on a think time after the answer, and begins when the process says', () => {
    const job = { kind: 'conversation', turns: 4, question: 5, answer: 9, think: '45s' };
    const arrivals = { kind: 'constant', rate: 0.5 };
    const played = playTraffic([{ job, arrivals }], 200, { answerUs: ({ id }) => 1_000 * id });
    const ends = new Map(played.map(({ request, endedUs }) => [key(request), endedUs]));
    for (const { request } of played) {
      const { session, turn, arrivalUs } = request;
      if (turn === 1) expect(arrivalUs % 2_000_000).toBe(0);
      else expect(arrivalUs).toBe(ends.get(key({ session, turn: turn - 1 }))! + 45_000_000);
    }
  });

  test('is left after each answer with the given chance', () => {
    const job = { kind: 'conversation', turns: 10_000, question: 1, answer: 1, leaveShare: 0.2 };
    const played = playTraffic([{ job: { ...job, think: '0s' } }], 30_000, { answerUs: () => 0 });
    const turns = [...bySession(requestsOf(played)).values()].map((requests) => requests.length);
    // The last may be unfinished; the number of turns is geometric with mean 5.
    turns.pop();
    for (const k of [1, 2, 3, 5, 10]) {
      const expected = 0.8 ** (k - 1) * 0.2;
      const found = turns.filter((count) => count === k).length / turns.length;
      const standardError = Math.sqrt((expected * (1 - expected)) / turns.length);
      expect(Math.abs(found - expected)).toBeLessThan(4 * standardError);
    }
  });
});

function key({ session, turn }: { readonly session: number; readonly turn: number }): string {
  return `${session}/${turn}`;
}
