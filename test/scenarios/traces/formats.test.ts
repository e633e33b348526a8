import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formats } from '../../../scenarios/traces/formats/registry.ts';
import { readTrace, samples } from '../../support/traces.ts';

/** Only the fields that say something. */
function told(rows: readonly object[]): object[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)),
  );
}

async function rowsOf(kind: string, options: Parameters<typeof readTrace>[1] = {}) {
  return told((await readTrace(samples[kind]!, options)).rows);
}

const raw = { play: { dequantizeMs: 0 } };

describe('what each format says', () => {
  test('azure-csv: ticks of 100 ns, lines counted with the header', async () => {
    expect(await rowsOf('azure-csv')).toEqual([
      { line: 2, arrivalUs: 0, promptTokens: 374, outputTokens: 44 },
      { line: 3, arrivalUs: 4_314_579, promptTokens: 396, outputTokens: 109 },
    ]);
  });

  test.each([
    ['over midnight', '2023-12-31 23:59:59.9999999', '2024-01-01 00:00:00.0000010', 1],
    ['a leap day', '2024-02-28 00:00:00', '2024-03-01 00:00:00', 2 * 86_400e6],
    ['another zone', '2024-05-12 02:00:00.5+02:00', '2024-05-12 00:00:01.5+00:00', 1e6],
    ['T and Z', '2024-05-12T00:00:00Z', '2024-05-12T00:00:00.000001Z', 1],
    ['years apart', '2020-01-01 00:00:00', '2026-01-01 00:00:00.0000010', 2_192 * 86_400e6 + 1],
  ])('azure-csv: a clock %s', async (_what, first, second, gapUs) => {
    const text = `TIMESTAMP,ContextTokens,GeneratedTokens\n${first},1,1\n${second},1,1\n`;
    const { rows } = await readTrace(text);
    expect(rows[1]!.arrivalUs).toBe(gapUs);
  });

  test('burstgpt-csv: the model is the tenant; failed rows are counted', async () => {
    const { rows, summary } = await readTrace(samples['burstgpt-csv']!);
    expect(told(rows)).toEqual([
      {
        line: 2,
        arrivalUs: 0,
        promptTokens: 85,
        outputTokens: 113,
        tenant: 'ChatGPT',
        session: '1',
      },
      {
        line: 4,
        arrivalUs: 4e6,
        promptTokens: 380,
        outputTokens: 537,
        tenant: 'ChatGPT',
        session: '2',
      },
    ]);
    expect(summary).toMatchObject({ read: 3, kept: 2, failed: 1 });
  });

  test('mooncake-jsonl: blocks of 512, ties in the order of the file', async () => {
    const row = { blockTokens: 512 };
    expect(await rowsOf('mooncake-jsonl', raw)).toEqual([
      { ...row, line: 1, arrivalUs: 0, promptTokens: 1_100, outputTokens: 500, blocks: [0, 1, 2] },
      { ...row, line: 2, arrivalUs: 0, promptTokens: 600, outputTokens: 20, blocks: [0, 3] },
      {
        ...row,
        line: 3,
        arrivalUs: 3e6,
        promptTokens: 1_600,
        outputTokens: 5,
        blocks: [0, 1, 4, 5],
      },
    ]);
  });

  test('mooncake-jsonl in seconds and blocks of 16, as vLLM has it', async () => {
    const text = '{"timestamp":1.5,"input_length":20,"output_length":3,"hash_ids":[5,6]}\n';
    const later = text.replace('1.5', '1.75');
    const options = { unit: 's', blockTokens: 16 };
    const { rows } = await readTrace(text + later, { options, ...raw });
    expect(rows[1]).toMatchObject({ arrivalUs: 250_000, blockTokens: 16 });
  });

  test('bailian-jsonl: a session is the chat it began with', async () => {
    const rows = await rowsOf('bailian-jsonl');
    expect(rows).toMatchObject([
      { arrivalUs: 0, session: '159', turn: 1, tenant: 'text', blockTokens: 16 },
      { arrivalUs: 1_386_000, session: '159', turn: 2, tenant: 'text' },
      { arrivalUs: 9_136_000, session: '159', turn: 3, tenant: 'file' },
    ]);
  });

  test('weka-jsonl: in order of time, sub-agents apart, ids of each conversation its own', async () => {
    const { rows } = await readTrace(samples['weka-jsonl']!);
    const range = 2 ** 28;
    expect(
      rows.map(({ arrivalUs, session, turn, blocks }) => [arrivalUs, session, turn, blocks]),
    ).toEqual([
      [0, 'trace_0001', 1, [1, 2]],
      [0, 'trace_0002', 1, [range + 1, range + 2]],
      [3e6, 'trace_0001/x', 1, [7]],
      [4e6, 'trace_0002', 2, [range + 1, range + 2]],
      [9e6, 'trace_0001', 2, [1, 2, 3]],
    ]);
  });

  test('weka-jsonl: conversations one after the other, sub-agents from their marker', async () => {
    const options = { conversationGapS: 100, subagentTimes: 'relative' };
    const { rows } = await readTrace(samples['weka-jsonl']!, { options });
    expect(rows.map(({ arrivalUs }) => arrivalUs / 1e6)).toEqual([0, 5.5, 9, 100, 104]);
  });

  test('sharegpt-json: an answer is a row, its prompt all that was said before', async () => {
    const { rows, summary } = await readTrace(samples['sharegpt-json']!);
    expect(summary).toMatchObject({ timed: false, assumed: { charactersPerToken: 4 } });
    expect(
      rows.map((row) => [row.line, row.session, row.turn, row.promptTokens, row.outputTokens]),
    ).toEqual([
      [1, 'abc_0', 1, 6, 7],
      [1, 'abc_0', 2, 15, 4],
      [2, 'abc_1', 1, 1, 2],
    ]);
    expect(rows[0]!.blocks).toEqual(rows[1]!.blocks);
    expect(rows[2]!.blocks).not.toEqual(rows[0]!.blocks);
  });

  test('fairlead-jsonl: all there is to say, and what else a log says is ignored', async () => {
    expect(await rowsOf('fairlead-jsonl')).toEqual([
      {
        line: 1,
        arrivalUs: 0,
        promptTokens: 700,
        outputTokens: 30,
        tenant: 'chat',
        session: 's1',
        turn: 1,
        adapter: 'sql',
        priority: 2,
        blockTokens: 512,
        blocks: [3, 4],
      },
      { line: 2, arrivalUs: 499_000, promptTokens: 7, outputTokens: 3 },
    ]);
  });

  test('vidur-csv has no times; llmservingsim-jsonl has nanoseconds', async () => {
    const { rows, summary } = await readTrace(samples['vidur-csv']!);
    expect(summary.timed).toBe(false);
    expect(rows.map(({ arrivalUs, promptTokens }) => [arrivalUs, promptTokens])).toEqual([
      [0, 3_772],
      [0, 2_015],
    ]);
    const { rows: timed } = await readTrace(samples['llmservingsim-jsonl']!);
    expect(timed[1]!.arrivalUs).toBe(301_012);
  });
});

describe.each(Object.entries(samples))('%s', (kind, text) => {
  test('is known by its beginning, and as nothing else', async () => {
    const head = { name: 'a', text, firstLine: text.split('\n', 1)[0]! };
    expect(formats.filter((format) => format.detect(head)).map((format) => format.kind)).toEqual([
      kind,
    ]);
    expect((await readTrace(text)).summary.format).toBe(kind);
  });

  test('is the same wherever its bytes are cut', async () => {
    const whole = await readTrace(text);
    for (let pieceBytes = 1; pieceBytes <= 64; pieceBytes++) {
      expect((await readTrace(text, { pieceBytes })).rows, `${pieceBytes}`).toEqual(whole.rows);
    }
  });

  test('may have a byte order mark, Windows line ends, blank lines, and be packed', async () => {
    const { rows } = await readTrace(text);
    const plain = text.replaceAll('\r\n', '\n').trimEnd();
    const lines = rows.map((row) => ({ ...row, line: expect.any(Number) }));
    expect((await readTrace(`\ufeff${plain}`)).rows).toEqual(rows);
    expect((await readTrace(plain.replaceAll('\n', '\r\n'))).rows).toEqual(rows);
    expect((await readTrace(plain.replaceAll('\n', '\n\n\r\n'))).rows).toEqual(lines);
    const { gzipSync } = await import('node:zlib');
    for (const pieceBytes of [1, 7, 65_536]) {
      expect((await readTrace(gzipSync(text), { pieceBytes })).rows).toEqual(rows);
    }
  });
});

test('random rows, written in our own format, are read back', async () => {
  const name = fc.option(fc.string({ unit: 'binary', maxLength: 12 }), { nil: undefined });
  const row = fc.record({
    gapUs: fc.oneof(fc.constant(0), fc.nat(10_000_000)),
    inputTokens: fc.integer({ min: 1, max: 4_000 }),
    outputTokens: fc.integer({ min: 1, max: 10_000 }),
    tenant: name,
    session: name,
    adapter: name,
    turn: fc.option(fc.nat(100), { nil: undefined }),
    priority: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
    blockTokens: fc.option(fc.constantFrom(16, 64, 512), { nil: undefined }),
    firstId: fc.maxSafeNat(),
  });
  const property = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 200 }),
    async (given, pieceBytes) => {
      let arrivalUs = 0;
      const expected = given.map(({ gapUs, inputTokens, blockTokens, firstId, ...rest }, index) => {
        if (index > 0) arrivalUs += gapUs;
        const blocks =
          blockTokens &&
          Array.from({ length: Math.ceil(inputTokens / blockTokens) }, (_, at) =>
            Math.max(0, firstId - at),
          );
        return {
          line: index + 1,
          arrivalUs,
          promptTokens: inputTokens,
          blockTokens,
          blocks,
          ...rest,
        };
      });
      const text = expected.map(({ line, promptTokens, blockTokens, blocks, ...rest }) => {
        const list = blocks && { tokens: blockTokens, ids: blocks };
        return JSON.stringify({ ...rest, inputTokens: promptTokens, blocks: list, line });
      });
      const { rows } = await readTrace(text.join('\n'), { pieceBytes });
      expect(rows).toEqual(expected);
    },
  );
  await fc.assert(property, { seed: 1, numRuns: 200 });
});

test('random rows, written as Azure and BurstGPT do, are read back', async () => {
  const row = fc.record({
    ticks: fc.nat(1_000_000_000),
    input: fc.integer({ min: 1, max: 200_000 }),
    output: fc.integer({ min: 1, max: 20_000 }),
  });
  const property = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 40 }),
    async (given) => {
      const sorted = given.toSorted((a, b) => a.ticks - b.ticks);
      const first = sorted[0]!.ticks;
      const azure = sorted.map(({ ticks, input, output }) => {
        const date = new Date(Date.UTC(2024, 1, 29, 23, 59) + Math.floor(ticks / 1e7) * 1_000);
        const fraction = String(ticks % 1e7).padStart(7, '0');
        const time = date.toISOString().slice(0, 19).replace('T', ' ');
        return `${time}.${fraction},${input},${output}`;
      });
      const { rows } = await readTrace(
        `TIMESTAMP,ContextTokens,GeneratedTokens\r\n${azure.join('\r\n')}`,
      );
      expect(rows.map((r) => [r.arrivalUs, r.promptTokens, r.outputTokens])).toEqual(
        sorted.map(({ ticks, input, output }) => [Math.round((ticks - first) / 10), input, output]),
      );
      const burst = sorted.map((r) => `${r.ticks},"GPT, 4",${r.input},${r.output},0,"say ""hi"""`);
      const header = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type';
      const { rows: seconds } = await readTrace(`${header}\n${burst.join('\n')}\n`);
      expect(seconds.map((r) => [r.arrivalUs / 1e6, r.tenant, r.promptTokens])).toEqual(
        sorted.map(({ ticks, input }) => [ticks - first, 'GPT, 4', input]),
      );
    },
  );
  await fc.assert(property, { seed: 1, numRuns: 200 });
});
