import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawTraffic } from '../../../scenarios/fit/drawn-traffic.ts';
import { fitSessions } from '../../../scenarios/fit/fit-sessions.ts';
import { InfiniteCache } from '../../../scenarios/traces/prefix-facts.ts';
import { draftRow, type TraceRow } from '../../../scenarios/traces/trace-row.ts';
import { complaintOf, validYaml } from '../../support/complaints.ts';

type Request = [wait: number, from: number, shared: number, own: number, answer: number];
type Job = { heads: [number, number][]; sessions: [number, Request[]][] };

const blockTokens = 16;

/** Each prompt goes on from an earlier one, or begins anew, as hash chains do. */
const chains = fc
  .array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.integer({ min: 1, max: 60 })), {
    minLength: 5,
    maxLength: 60,
  })
  .map((drafts) => {
    /** Their full blocks: no other prompt can have the id of a partial one. */
    const prompts: number[][] = [];
    let id = 0;
    return drafts.map(([from, kept, tokens], index): TraceRow => {
      const earlier = prompts[from % (prompts.length + 1)] ?? [];
      const blocks = earlier.slice(0, kept);
      const promptTokens = blocks.length * blockTokens + tokens;
      while (blocks.length < Math.ceil(promptTokens / blockTokens)) blocks.push(id++);
      prompts.push(blocks.slice(0, Math.floor(promptTokens / blockTokens)));
      return draftRow({
        line: index + 1,
        arrivalUs: index * 1_000_000,
        promptTokens,
        outputTokens: 1 + index,
        blockTokens,
        blocks,
      });
    });
  });

describe('sessions of a trace', () => {
  test('hold every request with its length, and what it shares', () => {
    fc.assert(
      fc.property(chains, (rows) => {
        const { job, startsUs } = fitSessions(rows);
        const { heads, sessions } = job as unknown as Job;
        const headTokens = (head: number): number =>
          head === 0 ? 0 : heads[head - 1]![1] + headTokens(heads[head - 1]![0]);
        expect(sessions.length).toBe(startsUs.length);
        const lengths = sessions.flatMap(([head, requests]) =>
          requests.map(([, , shared, own]) => headTokens(head) + shared + own),
        );
        const ascending = (values: number[]) => values.toSorted((a, b) => a - b);
        expect(ascending(lengths)).toEqual(ascending(rows.map((row) => row.promptTokens)));
        const answers = sessions.flatMap(([, requests]) => requests.map((request) => request[4]));
        expect(ascending(answers)).toEqual(ascending(rows.map((row) => row.outputTokens)));
      }),
    );
  });

  test('share as much as the trace, but for the first use of each head', () => {
    fc.assert(
      fc.property(chains, (rows) => {
        const cache = new InfiniteCache();
        for (const row of rows) cache.add(row);
        const { job } = fitSessions(rows);
        const { heads, sessions } = job as unknown as Job;
        const headTokens = (head: number): number =>
          head === 0 ? 0 : heads[head - 1]![1] + headTokens(heads[head - 1]![0]);
        const shared = sessions.flatMap(([head, requests]) =>
          requests.map((request) => headTokens(head) + request[2]),
        );
        const once = heads.reduce((sum, [, tokens]) => sum + tokens, 0);
        const total = shared.reduce((sum, tokens) => sum + tokens, 0) - once;
        expect(total).toBe(cache.result().hitTokens);
      }),
    );
  });
});

describe('the job that draws them', () => {
  const entry = (job: Record<string, unknown>) => ({
    tenant: 'x',
    arrivals: { kind: 'constant', rate: 0.01 },
    job: { kind: 'sampled', ...job },
  });
  const options = { seed: 1, fromUs: 0, untilUs: 1e12, mostRequests: 6 };

  test('goes on from what was said before, and shares its heads with others', () => {
    const heads = [
      [0, 100],
      [1, 50],
    ];
    const requests = [
      [0, 0, 0, 10, 7],
      [2.5, 1, 10, 20, 8],
      [1, 1, 4, 30, 9],
    ];
    const drawn = drawTraffic(entry({ heads, sessions: [[2, requests]] }), options);
    expect(drawn.promptTokens).toEqual([160, 180, 184, 160, 180, 184]);
    expect(drawn.outputTokens).toEqual([7, 8, 9, 7, 8, 9]);
    expect(drawn.timesUs[1]! - drawn.timesUs[0]!).toBe(2_500_000);
    expect(drawn.timesUs[2]! - drawn.timesUs[1]!).toBe(1_000_000);
    // The second session has the heads of the first; the rest is its own.
    expect(drawn.hitTokens).toBe(160 + 154 + 150 + 160 + 154);
  });

  test.each([
    ['heads: [[1, 5]], sessions: [[0, [[0, 0, 0, 1, 1]]]]', 'heads[0] continues one that does not'],
    ['sessions: [[1, [[0, 0, 0, 1, 1]]]]', 'sessions[0] begins with head 1 of 0.'],
    ['sessions: [[0, [[0, 1, 0, 1, 1]]]]', 'goes on from a request that does not come before'],
    ['sessions: [[0, [[0, 0, 5, 1, 1]]]]', 'a request with 5 tokens of one that has 0'],
    ['sessions: [[0, [[0, 0, 0, 0, 1]]]]', 'has a prompt without tokens'],
  ])('refuses %s', (job, message) => {
    const yaml = validYaml
      .replace(/input: .*/, `job: { kind: sampled, ${job} }`)
      .replace(/ {4}output: .*\n/, '');
    expect(complaintOf(yaml).message).toContain(message);
  });
});
