import { describe, expect, test } from 'vitest';
import type { RequestSpec } from '../../scenarios/request-stream.ts';
import { draftRow, type TraceRow } from '../../scenarios/traces/trace-row.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { complaintOf, validYaml } from '../support/complaints.ts';
import { playing, requestsOf } from '../support/played-traces.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { hasTraceData } from '../support/trace-data.ts';
import { readTrace, samples } from '../support/traces.ts';

const still = { rotate: false };
const s = 1e6;

const threeRows: TraceRow[] = [0, 1 * s, 4 * s].map((arrivalUs, index) =>
  draftRow({ line: index + 1, arrivalUs, promptTokens: 100 + index, outputTokens: 10 + index }),
);

function timesAndLengths(requests: readonly RequestSpec[]) {
  return requests.map(({ arrivalUs, outputTokens, promptTokens }) => {
    return [arrivalUs, promptTokens, outputTokens];
  });
}

/** Tokens at the head of each prompt that an earlier one had there as well. */
function sharedTokens(requests: readonly RequestSpec[]): number {
  const seen = new Map<string, number>();
  let shared = 0;
  for (const { prompt } of requests) {
    let path = '';
    let agrees = true;
    for (const { from, text, tokens } of prompt) {
      path += `/${text}+${from}`;
      const known = seen.get(path) ?? 0;
      if (agrees) shared += Math.min(known, tokens);
      agrees &&= known === tokens;
      seen.set(path, Math.max(known, tokens));
    }
  }
  return shared;
}

describe('a trace that is played', () => {
  test.each(Object.keys(samples).filter((kind) => !/sharegpt|vidur/.test(kind)))(
    'is what stands in a file of %s, row by row',
    async (kind) => {
      const { rows } = await readTrace(samples[kind]!);
      const requests = requestsOf(playing(rows, { trace: still }), rows.length);
      expect(timesAndLengths(requests)).toEqual(
        rows.map(({ arrivalUs, outputTokens, promptTokens }) => {
          return [arrivalUs, promptTokens, outputTokens];
        }),
      );
      for (const { prompt, promptTokens } of requests) {
        expect(prompt.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(promptTokens);
      }
    },
  );

  test('names tenants, sessions, turns, adapters and priorities as the trace does', async () => {
    const { rows } = await readTrace(samples['fairlead-jsonl']!);
    const [first, second] = requestsOf(playing(rows, { trace: still, priority: 7 }), 2);
    expect(first).toMatchObject({ tenant: 'chat/chat', turn: 1, adapter: 1, priority: 2 });
    expect(first!.session).toBeGreaterThan(0);
    expect(second).toMatchObject({ tenant: 'chat', session: 0, turn: 0, adapter: 0, priority: 7 });
  });

  test('counts the turns of a session where the trace does not', async () => {
    const text = `Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
1,a,1,m,5,5,10,x\n2,b,1,m,5,5,10,x\n3,a,1,m,5,5,10,x\n`;
    const { rows } = await readTrace(text);
    const requests = requestsOf(playing(rows, { trace: still }), 3);
    expect(requests.map(({ turn }) => turn)).toEqual([1, 1, 2]);
    expect(requests[2]!.session).toBe(requests[0]!.session);
    expect(requests[1]!.session).not.toBe(requests[0]!.session);
  });

  test('tells sessions from the blocks of prompts when asked to', async () => {
    const blocks = (...ids: number[]) => ({ blocks: ids, blockTokens: 16 });
    const rows = [blocks(1, 2), blocks(1, 3), blocks(1, 2, 4)].map((row, index) =>
      draftRow({
        line: index + 1,
        arrivalUs: index * s,
        promptTokens: 16 * row.blocks.length,
        outputTokens: 1,
        ...row,
      }),
    );
    const requests = requestsOf(playing(rows, { trace: still }, { inferSessions: true }), 3);
    expect(requests.map(({ turn }) => turn)).toEqual([1, 1, 2]);
    expect(requests[2]!.session).toBe(requests[0]!.session);
    const unasked = requestsOf(playing(rows, { trace: still }), 3);
    expect(unasked.map(({ session }) => session)).toEqual([0, 0, 0]);
  });

  test('starts over after a mean gap, with the same rows at the same distances', () => {
    const requests = requestsOf(playing(threeRows, { trace: still }), 7);
    expect(requests.map(({ arrivalUs }) => arrivalUs / s)).toEqual([0, 1, 4, 6, 7, 10, 12]);
    expect(requests.map(({ promptTokens }) => promptTokens - 100)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  test('starts over as another day: no text and no session of one lap is in the next', async () => {
    const { rows } = await readTrace(samples['bailian-jsonl']!);
    const requests = requestsOf(playing(rows, { trace: still }), 3 * rows.length);
    const laps = [0, 1, 2].map((lap) => requests.slice(lap * rows.length, (lap + 1) * rows.length));
    const texts = laps.map(
      (lap) => new Set(lap.flatMap(({ prompt }) => prompt.map((p) => p.text))),
    );
    const sessions = laps.map((lap) => new Set(lap.map(({ session }) => session)));
    for (const [first, second] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ] as const) {
      expect(disjoint(texts, first, second)).toBe(true);
      expect(disjoint(sessions, first, second)).toBe(true);
    }
    const perLap = laps.map(sharedTokens);
    expect(perLap[0]).toBeGreaterThan(0);
    expect(perLap).toEqual([perLap[0], perLap[0], perLap[0]]);
    expect(sharedTokens(requests)).toBe(3 * perLap[0]!);
  });

  test('starts somewhere else for each seed, at the same pace', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) =>
      draftRow({ line: index + 1, arrivalUs: index * s, promptTokens: index + 1, outputTokens: 1 }),
    );
    const starts = Array.from({ length: 200 }, (_, index) => {
      const [first, second] = requestsOf(playing(rows), 2, index);
      expect(first!.arrivalUs).toBeLessThan(1 * s);
      expect(second!.arrivalUs - first!.arrivalUs).toBe(1 * s);
      return first!.promptTokens;
    });
    expect(new Set(starts).size).toBeGreaterThan(150);
    const mean = starts.reduce((sum, start) => sum + start, 0) / starts.length;
    // The mean of 200 draws from 1 to 1,000 has a standard deviation of 20.
    expect(Math.abs(mean - 500)).toBeLessThan(80);
  });

  test('ends, when it does not repeat, and the run goes on to its end', () => {
    const scenario = playing(threeRows, { trace: { repeat: false } });
    expect(timesAndLengths(requestsOf(scenario, 99))).toEqual([
      [0, 100, 10],
      [1 * s, 101, 11],
      [4 * s, 102, 12],
    ]);
    const [strategy] = strategies;
    const run = simulate({
      scenario,
      strategy: strategy!,
      strategyOptions: {},
      seed: 1,
      checkInvariants: true,
    });
    expect(run.log.length).toBe(3);
  });

  test('without times takes those of the arrivals beside it', () => {
    const untimed = threeRows.map((row) => ({ ...row, arrivalUs: 0 }));
    const arrivals = { kind: 'constant', rate: 2 };
    const scenario = playing(untimed, { trace: still, arrivals }, { timed: false });
    const requests = requestsOf(scenario, 5);
    expect(requests.map(({ promptTokens }) => promptTokens)).toEqual([100, 101, 102, 100, 101]);
    const gaps = requests.slice(1).map((r, index) => r.arrivalUs - requests[index]!.arrivalUs);
    expect(gaps).toEqual([s / 2, s / 2, s / 2, s / 2]);
  });
});

function disjoint(sets: readonly Set<number>[], a: number, b: number): boolean {
  return [...sets[a]!].every((member) => !sets[b]!.has(member));
}

describe('an entry that says too much', () => {
  const from = 'arrivals: { kind: poisson, rate: 24 }';
  test.each([
    ['input', '', 'how long prompts are'],
    ['users', 'users: { users: 3 }', 'when requests come'],
    ['lengths', 'lengths: [[1, 2]]', 'how long prompts and answers are'],
    [
      'job',
      'job: { kind: conversation, turns: 2, question: 9, answer: 9 }',
      'which requests belong together',
    ],
    ['prefix', 'prefix: [{ tokens: 10 }]', 'what prompts begin with'],
    ['population', 'population: { tenants: 3 }', 'who sends'],
  ])('a trace and %s', (key, line, what) => {
    const lengths = key === 'input' ? '' : / {4}(input|output): .*\n/g;
    const yaml = validYaml
      .replace(from, `trace: { file: a.csv }\n    ${line}`)
      .replaceAll(lengths, '');
    const { message } = complaintOf(yaml);
    expect(message).toMatch(new RegExp(`^slip.yaml:\\d+:\\d+ traffic\\[0\\]\\.${key}: `));
    expect(message).toContain(`the trace says ${what}. Leave out one of the two.`);
  });

  test.each([
    [
      'format: azure-cvs',
      /format: there is no trace format "azure-cvs"\. Did you mean "azure-csv"\?/,
    ],
    [
      'repeat: false, rotate: true',
      /rotate: a trace that does not repeat is played from its start/,
    ],
    ['play: { rateScale: 0 }', /rateScale: found 0, expected more than 0/],
    ['flie: b.csv', /there is no key "flie" here\. Did you mean "file"\?/],
  ])('%s', (line, message) => {
    const yaml = validYaml
      .replace(from, `trace: { file: a.csv, ${line} }`)
      .replaceAll(/ {4}(input|output): .*\n/g, '');
    expect(complaintOf(yaml).message).toMatch(message);
  });
});

describe.runIf(hasTraceData)('the public traces, played', () => {
  test.each([
    ['mooncake/conversation_trace.jsonl.gz', 7_851, 97_571_920, 2_724_903, 34_896_689],
    ['derived/toolagent_like_DERIVED.jsonl.gz', 15_999, 143_308_535, 2_863_329, 76_530_481],
  ])('%s: its sums, and the hits of a cache that never forgets', async (...golden) => {
    const [file, count, input, output, hits] = golden;
    const { rows } = await readPublicTrace(file, { play: { dequantizeMs: 0 } });
    const requests = requestsOf(playing(rows, { trace: { ...still, repeat: false } }), 1e6);
    expect(requests.length).toBe(count);
    expect(requests.reduce((sum, { promptTokens }) => sum + promptTokens, 0)).toBe(input);
    expect(requests.reduce((sum, { outputTokens }) => sum + outputTokens, 0)).toBe(output);
    expect(requests.map(({ arrivalUs }) => arrivalUs)).toEqual(rows.map((row) => row.arrivalUs));
    expect(sharedTokens(requests)).toBe(hits);
  });

  test('azure chat: to the microsecond', async () => {
    const { rows } = await readPublicTrace('azure2023/AzureLLMInferenceTrace_conv.csv.gz');
    const requests = requestsOf(playing(rows, { trace: still }), 12_338);
    expect(requests[1]!.arrivalUs).toBe(4_314_579);
    expect(requests[12_336]!.arrivalUs).toBe(2_099_954_711);
    expect(timesAndLengths(requests.slice(12_337))).toEqual([[2_099_954_711 + 170_230, 374, 44]]);
  });
});
