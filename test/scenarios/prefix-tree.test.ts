import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { playTraffic, requestsOf } from '../support/played-traffic.ts';
import type { SmallTenant } from '../support/scenarios.ts';
import { sharedTokens } from '../support/shared-tokens.ts';
import { expectZipf } from '../support/zipf.ts';

const input = { kind: 'constant', tokens: 5 };

function play(tenant: SmallTenant, count: number, seed = 1) {
  return requestsOf(playTraffic([{ input, ...tenant }], count, { seed }));
}

const anyLevel = fc.record({
  tokens: fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.constant({ kind: 'uniform', min: 1, max: 40 }),
  ),
  choices: fc.integer({ min: 1, max: 4 }),
  zipf: fc.constantFrom(0, 1),
});

describe('prompts with a prefix', () => {
  test('share the texts on their common path and nothing else', () => {
    const levels = fc.array(anyLevel, { minLength: 1, maxLength: 4 });
    const property = fc.property(levels, fc.nat(), (prefix, seed) => {
      const requests = play({ prefix }, 30, seed);
      for (const a of requests) {
        expect(a.prompt).toHaveLength(prefix.length + 1);
        expect(a.promptTokens).toBe(a.prompt.reduce((sum, { tokens }) => sum + tokens, 0));
        for (const b of requests) {
          if (a === b) continue;
          let expected = 0;
          for (const [depth, { text, tokens }] of a.prompt.entries()) {
            if (text !== b.prompt[depth]!.text) break;
            expected += tokens;
          }
          expect(sharedTokens(a.prompt, b.prompt)).toBe(expected);
          expect(expected).toBeLessThan(a.promptTokens);
        }
      }
    });
    fc.assert(property, { seed: 1, numRuns: 30 });
  });

  test('have one text per path: what hangs below another text is another text', () => {
    const prefix = [
      { tokens: 3, choices: 3 },
      { tokens: 4, choices: 2 },
      { tokens: 2, choices: 5 },
    ];
    const requests = play({ prefix }, 3_000);
    const parents = new Map<number, number>();
    for (const { prompt } of requests) {
      for (const depth of [1, 2]) {
        const [parent, child] = [prompt[depth - 1]!.text, prompt[depth]!.text];
        expect(parents.get(child) ?? parent).toBe(parent);
        parents.set(child, parent);
      }
    }
    expect(parents.size).toBe(3 * 2 + 3 * 2 * 5);
  });

  test('find each text as long as it was, and texts of a level of different lengths', () => {
    const tokens = { kind: 'uniform', min: 1, max: 1_000_000 };
    const prefix = [{ tokens, choices: 5 }, { tokens }];
    const lengths = new Map<number, number>();
    for (const { prompt } of play({ prefix }, 500)) {
      for (const { text, tokens } of prompt.slice(0, 2)) {
        expect(lengths.get(text) ?? tokens).toBe(tokens);
        lengths.set(text, tokens);
      }
    }
    // Five of each level, the only children among them no two alike either.
    expect(lengths.size).toBe(10);
    expect(new Set(lengths.values()).size).toBe(10);
  });

  test('choose in proportion to n^-zipf at every level', () => {
    const prefix = [
      { tokens: 1, choices: 10, zipf: 1.2 },
      { tokens: 1, choices: 7, zipf: 0 },
    ];
    const requests = play({ prefix }, 40_000);
    for (const [depth, { choices, zipf }] of prefix.entries()) {
      const texts = requests.map(({ prompt }) => prompt[depth]!.text);
      const first = Math.min(...texts);
      const chosen = texts.map((text) => (text - first) % choices);
      expectZipf(chosen, { choices, exponent: zipf });
    }
  });

  test('of a population begin with a text of the tenant alone', () => {
    const prefix = [{ tokens: 10 }, { tokens: 4, choices: 2 }];
    const requests = play({ prefix, population: { tenants: 20, zipf: 0 } }, 2_000);
    const texts = new Map<string, number>();
    for (const { prompt, tenant } of requests) {
      expect(texts.get(tenant) ?? prompt[0]!.text).toBe(prompt[0]!.text);
      texts.set(tenant, prompt[0]!.text);
    }
    expect(texts.size).toBe(20);
    expect(new Set(texts.values()).size).toBe(20);
  });
});

test('the texts of one entry are never those of another', () => {
  const job = { kind: 'conversation', turns: 2, question: 3, answer: 4, prefix: [{ tokens: 9 }] };
  const documents = { kind: 'documents', documents: 5, document: 8, questions: 2, question: 3 };
  const traffic: SmallTenant[] = [
    { tenant: 'plain', input, prefix: [{ tokens: 9, choices: 100_000 }] },
    { tenant: 'population', input, prefix: [{ tokens: 9 }], population: { tenants: 50 } },
    { tenant: 'talk', job },
    { tenant: 'papers', job: { ...documents, answer: 3 } },
    {
      tenant: 'agents',
      job: { kind: 'agents', task: 9, rounds: 2, agents: 3, branch: 2, answer: 2 },
    },
    { tenant: 'users', input, users: { users: 3 } },
  ];
  const owners = new Map<number, string>();
  const sessions = new Map<number, string>();
  for (const { answer, prompt, session, tenant } of requestsOf(playTraffic(traffic, 3_000))) {
    const entry = tenant.replace(/-\d+$/, '');
    for (const { text } of [...prompt, answer]) {
      expect(Number.isSafeInteger(text)).toBe(true);
      expect(owners.get(text) ?? entry).toBe(entry);
      owners.set(text, entry);
    }
    if (session === 0) continue;
    expect(sessions.get(session) ?? entry).toBe(entry);
    sessions.set(session, entry);
  }
  expect(new Set(owners.values()).size).toBe(traffic.length);
  expect(new Set(sessions.values())).toEqual(new Set(['talk', 'papers', 'agents']));
});

describe('cached prefixes are shared', () => {
  const population = { tenants: 5, zipf: 0 };
  const job = { kind: 'conversation', turns: 3, question: 3, answer: 4, think: '0s' };

  test('by all without a salt', () => {
    const requests = play({ population }, 100);
    expect(new Set(requests.map(({ cacheSalt }) => cacheSalt))).toEqual(new Set([0]));
  });

  test('by the requests of a tenant', () => {
    const traffic = ['a', 'b'].map((tenant) => ({ tenant, population, cacheSalt: 'tenant' }));
    const requests = requestsOf(playTraffic(traffic, 1_000));
    const pairs = new Set(requests.map(({ cacheSalt, tenant }) => `${tenant} ${cacheSalt}`));
    expect(pairs.size).toBe(10);
    expect(new Set(requests.map(({ cacheSalt }) => cacheSalt)).size).toBe(10);
    expect(requests.every(({ cacheSalt }) => cacheSalt > 0)).toBe(true);
  });

  test('by the turns of a session, and by nobody where there are none', () => {
    const cacheSalt = 'session';
    const traffic = [
      { tenant: 'talk', job, cacheSalt },
      { tenant: 'single', cacheSalt },
      { tenant: 'tenant', cacheSalt: 'tenant' },
      { tenant: 'users', users: { users: 2 }, cacheSalt },
    ];
    const requests = requestsOf(playTraffic(traffic, 1_000));
    const owners = new Map<number, string>();
    for (const { cacheSalt, id, session, tenant } of requests) {
      const owner = tenant === 'tenant' ? tenant : session === 0 ? `request ${id}` : `${session}`;
      expect(owners.get(cacheSalt) ?? owner).toBe(owner);
      owners.set(cacheSalt, owner);
    }
    expect(new Set(owners.values()).size).toBe(owners.size);
  });
});
