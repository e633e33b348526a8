import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { openTrace } from '../../../scenarios/traces/open-trace.ts';
import { collect, readTrace } from '../../support/traces.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Lines of our own format, a second apart unless they say otherwise. */
function trace(rows: readonly Fields[]): string {
  return rows
    .map((row, at) => JSON.stringify({ arrivalS: at, inputTokens: 10, outputTokens: 1, ...row }))
    .join('\n');
}

const ten = trace(Array.from({ length: 10 }, (_, at) => ({ inputTokens: at + 1 })));

async function played(text: string, play: Fields) {
  const { rows, summary } = await readTrace(text, { play });
  return {
    rows: rows.map(({ arrivalUs, promptTokens }) => [arrivalUs / 1e6, promptTokens]),
    summary,
  };
}

describe('a window', () => {
  test('begins with its first instant, ends before its last, and counts from its beginning', async () => {
    const { rows, summary } = await played(ten, { fromS: 2, untilS: 5 });
    expect(rows).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    // What follows is not read.
    expect(summary).toMatchObject({ kept: 3, outside: 3 });
  });

  test('is in seconds of the trace, whatever the scale', async () => {
    const { rows } = await played(ten, { fromS: 2, untilS: 5, rateScale: 4 });
    expect(rows).toEqual([
      [0, 3],
      [0.25, 4],
      [0.5, 5],
    ]);
  });
});

test.each([false, true])('the file is closed at the end of a window (packed: %s)', async (pack) => {
  const long = trace(Array.from({ length: 5_000 }, () => ({})));
  const content = pack ? gzipSync(long, { level: 0 }) : Buffer.from(long);
  let [closed, sent] = [false, 0];
  async function* bytes() {
    try {
      for (; sent < content.length; sent += 1_000) yield content.subarray(sent, sent + 1_000);
    } finally {
      closed = true;
    }
  }
  const { rows } = await collect(openTrace({ name: 'a', bytes: bytes(), play: { untilS: 5 } }));
  expect(rows.length).toBe(5);
  expect(closed).toBe(true);
  expect(sent).toBeLessThan(content.length);
});

describe('ticks', () => {
  const text = trace(
    Array.from({ length: 400 }, (_, at) => ({ arrivalS: 3 * Math.floor(at / 10) })),
  );

  test('are spread evenly and stay in order of time', async () => {
    const { rows } = await readTrace(text, { play: { dequantizeMs: 3_000 } });
    const times = rows.map(({ arrivalUs }) => arrivalUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(400);
    for (const { line, arrivalUs } of rows) {
      expect(Math.floor(arrivalUs / 3e6)).toBe(Math.floor((line - 1) / 10));
    }
  });

  test('a row has its place whatever is left out, and another with another seed', async () => {
    const place = async (play: Fields) => {
      const { rows } = await readTrace(text, { play: { dequantizeMs: 3_000, ...play } });
      return new Map(rows.map(({ line, arrivalUs }) => [line, arrivalUs]));
    };
    const all = await place({});
    const some = await place({ fromS: 30, untilS: 60 });
    expect(some.size).toBe(100);
    for (const [line, arrivalUs] of some) expect(arrivalUs).toBe(all.get(line)! - 30e6);
    expect(await place({})).toEqual(all);
    expect(await place({ seed: 2 })).not.toEqual(all);
  });
});

describe('order', () => {
  const mixed = trace([
    { arrivalS: 5 },
    { arrivalS: 1 },
    { arrivalS: 3 },
    { arrivalS: 1, inputTokens: 7 },
  ]);

  test('is made where it is asked for, ties in the order of the file', async () => {
    const { rows } = await played(mixed, { sort: true });
    expect(rows).toEqual([
      [0, 10],
      [0, 7],
      [2, 10],
      [4, 10],
    ]);
    await expect(readTrace(mixed)).rejects.toThrow(/^a:2: time goes back from 0 s to -4 s/);
  });
});

describe('sampling', () => {
  test('takes sessions whole, by the share that was asked for', async () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => ({ session: `s${at % 1_000}` }));
    const { rows: kept, summary } = await readTrace(trace(rows), { play: { sampleSessions: 0.2 } });
    const sessions = new Map<string, number>();
    for (const { session } of kept) sessions.set(session!, (sessions.get(session!) ?? 0) + 1);
    expect([...sessions.values()].every((count) => count === 3)).toBe(true);
    expect(Math.abs(sessions.size - 200)).toBeLessThan(50);
    expect(summary.notSampled + summary.kept).toBe(3_000);
  });

  test('keeps prompts together that go on from each other', async () => {
    const rows = Array.from({ length: 900 }, (_, at) => {
      const [chat, turn] = [at % 300, Math.floor(at / 300)];
      const ids = [0, ...Array.from({ length: 1 + turn }, (_, block) => 1 + chat * 10 + block)];
      return { inputTokens: ids.length * 16, blocks: { tokens: 16, ids } };
    });
    const { rows: kept } = await readTrace(trace(rows), { play: { sampleSessions: 0.3 } });
    const turns = new Map<number, number>();
    for (const { blocks } of kept) turns.set(blocks![1]!, (turns.get(blocks![1]!) ?? 0) + 1);
    expect([...turns.values()].every((count) => count === 3)).toBe(true);
    expect(Math.abs(turns.size - 90)).toBeLessThan(35);
  });
});

test('rows without an answer are counted and not played', async () => {
  const { summary } = await played(trace([{}, { outputTokens: 0 }, {}]), {});
  expect(summary).toMatchObject({ read: 3, kept: 2, failed: 1 });
});

test.each<[Fields, RegExp]>([
  [{ rateScale: 0 }, /^a: rateScale: found 0, /],
  [{ fromS: -1 }, /^a: fromS: found -1, /],
  [{ fromS: 5, untilS: 5 }, /^a: untilS 5 is not after fromS 5\.$/],
  [{ sampleSession: 0.5 }, /Did you mean "sampleSessions"\?/],
  [{ skipBad: 1.5 }, /^a: skipBad: found 1\.5/],
])('%j is refused', async (play, message) => {
  await expect(readTrace(ten, { play })).rejects.toMatchObject({
    code: 'TRACE_OPTIONS',
    message: expect.stringMatching(message),
  });
});

test('options of a format are checked like all others', async () => {
  const text = '{"timestamp":0,"input_length":5,"output_length":1}';
  const wrong = { options: { unit: 'minutes' } };
  await expect(readTrace(text, wrong)).rejects.toBeInstanceOf(FairleadError);
  await expect(readTrace(text, { options: { blocks: 16 } })).rejects.toThrow(/no key "blocks"/);
});
