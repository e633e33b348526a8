import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BadRows } from '../../scenarios/traces/bad-rows.ts';
import { formats } from '../../scenarios/traces/formats/registry.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { hasTraceData, traceData } from '../support/trace-data.ts';
import { sum } from '../support/traces.ts';

// What the readers make of the public traces. The figures were computed from the files by a plain
// program of another author.

const mooncake = 'mooncake/conversation_trace.jsonl.gz';
const toolAgent = 'derived/toolagent_like_DERIVED.jsonl.gz';
const excerpt = 'mooncake/arxiv_mooncake_trace.excerpt90.jsonl.gz';
const burst = 'derived/burstgpt_shaped_week1_SYNTHETIC.csv.gz';

describe.runIf(hasTraceData)('public traces', () => {
  test.each([
    ['azure2023/AzureLLMInferenceTrace_conv.csv.gz', 'azure-csv', 12_337, 15_375_199, 2_514_643],
    ['azure2023/AzureLLMInferenceTrace_code.csv.gz', 'azure-csv', 6_621, 13_463_044, 182_049],
    [mooncake, 'mooncake-jsonl', 7_851, 97_571_920, 2_724_903],
    [toolAgent, 'mooncake-jsonl', 15_999, 143_308_535, 2_863_329],
    [excerpt, 'mooncake-jsonl', 90, 694_081, 18_597],
    [
      'vidur/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv.gz',
      'vidur-csv',
      28_257,
      73_131_321,
      8_234_948,
    ],
    [
      'sharegpt/llmservingsim_sharegpt300_lengths_only.jsonl.gz',
      'llmservingsim-jsonl',
      300,
      257_239,
      195_753,
    ],
    [
      'sharegpt/llmservingsim_workload_me2_01_mixed.jsonl.gz',
      'llmservingsim-jsonl',
      608,
      5_604_402,
      1_837_003,
    ],
  ])('%s: rows and sums', async (file, format, count, input, output) => {
    const { rows, summary } = await readPublicTrace(file);
    expect(summary).toMatchObject({ format, read: count, kept: count, failed: 0, bad: 0 });
    expect(rows.length).toBe(count);
    expect(sum(rows.map(({ promptTokens }) => promptTokens))).toBe(input);
    expect(sum(rows.map(({ outputTokens }) => outputTokens))).toBe(output);
    expect(rows.map(({ arrivalUs }) => arrivalUs)).toEqual(
      rows.map(({ arrivalUs }) => arrivalUs).toSorted((a, b) => a - b),
    );
  });

  test('azure chat: times to the microsecond, no two of them equal', async () => {
    const { rows } = await readPublicTrace('azure2023/AzureLLMInferenceTrace_conv.csv.gz');
    expect(rows[0]).toMatchObject({ line: 2, arrivalUs: 0, promptTokens: 374, outputTokens: 44 });
    expect(rows[1]!.arrivalUs).toBe(4_314_579);
    expect(rows.at(-1)).toMatchObject({
      line: 12_338,
      arrivalUs: 2_099_954_711,
      promptTokens: 388,
      outputTokens: 100,
    });
    expect(new Set(rows.map(({ arrivalUs }) => arrivalUs)).size).toBe(12_337);
  });

  test('azure code: first and last', async () => {
    const { rows } = await readPublicTrace('azure2023/AzureLLMInferenceTrace_code.csv.gz');
    expect(rows[0]).toMatchObject({ promptTokens: 4_808, outputTokens: 10 });
    expect(rows.at(-1)).toMatchObject({
      arrivalUs: 2_080_768_972,
      promptTokens: 1_313,
      outputTokens: 9,
    });
  });

  test.each([
    [mooncake, { ticks: 800, firstToLastMs: 2_397_000, ids: 194_284, distinct: 126_103 }],
    [toolAgent, { ticks: 800, firstToLastMs: 2_397_000, ids: 289_276, distinct: 139_779 }],
    [excerpt, { ticks: 5, firstToLastMs: 1_190_840 - 1_178_625, ids: 1_406, distinct: 930 }],
  ])('%s: ticks and blocks', async (file, { ticks, firstToLastMs, ids, distinct }) => {
    const { rows } = await readPublicTrace(file, { play: { dequantizeMs: 0 } });
    expect(new Set(rows.map(({ arrivalUs }) => arrivalUs)).size).toBe(ticks);
    expect(rows.at(-1)!.arrivalUs).toBe(firstToLastMs * 1_000);
    const blocks = rows.flatMap((row) => row.blocks!);
    expect(blocks.length).toBe(ids);
    expect(new Set(blocks).size).toBe(distinct);
  });

  test('mooncake chat: ids from 0 to 126,102; tool-agent: up to 202,960', async () => {
    const highest = async (file: string) => {
      const { rows } = await readPublicTrace(file);
      return rows.reduce((most, { blocks }) => Math.max(most, ...blocks!), 0);
    };
    expect(await highest(mooncake)).toBe(126_102);
    expect(await highest(toolAgent)).toBe(202_960);
  });

  test('mooncake is spread inside its ticks unless told otherwise, and stays in its tick', async () => {
    const { rows: raw } = await readPublicTrace(mooncake, { play: { dequantizeMs: 0 } });
    const { rows, summary } = await readPublicTrace(mooncake);
    expect(summary.assumed).toEqual({ unit: 'ms', blockTokens: 512, dequantizeMs: 3_000 });
    const byLine = new Map(rows.map((row) => [row.line, row.arrivalUs]));
    const moves = raw.map(({ line, arrivalUs }) => byLine.get(line)! - arrivalUs);
    expect(Math.min(...moves)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...moves)).toBeLessThanOrEqual(3_000_000);
    // The mean of so many uniform draws, within four standard errors.
    expect(Math.abs(sum(moves) / moves.length - 1_500_000)).toBeLessThan(40_000);
  });

  test('burstgpt: failed rows are counted, not replayed; sessions are where there are any', async () => {
    const { rows, summary } = await readPublicTrace(burst);
    expect(summary).toMatchObject({ read: 27_966, kept: 27_466, failed: 500 });
    expect(sum(rows.map(({ outputTokens }) => outputTokens))).toBe(5_472_425);
    const all = rawRows(burst, 'burstgpt-csv');
    expect(sum(all.map(({ promptTokens }) => promptTokens))).toBe(16_801_868);
    expect(all.filter(({ session }) => session !== undefined).length).toBe(9_827);
    expect(all.at(-1)!.arrivalUs).toBe(604_799_000_000);
  });

  test('burstgpt without sessions', async () => {
    const { rows } = await readPublicTrace('burstgpt/BurstGPT_format_v1.csv');
    const lengths = rows.map(({ arrivalUs, tenant, promptTokens, outputTokens }) => {
      return [arrivalUs / 1e6, tenant, promptTokens, outputTokens];
    });
    expect(lengths).toEqual([
      [0, 'ChatGPT', 472, 18],
      [40, 'ChatGPT', 1_087, 230],
      [113, 'GPT-4', 417, 276],
    ]);
  });

  test('sharegpt sample: no answer below 512 tokens', async () => {
    const { rows } = await readPublicTrace(
      'sharegpt/llmservingsim_sharegpt300_lengths_only.jsonl.gz',
    );
    expect(Math.min(...rows.map(({ outputTokens }) => outputTokens))).toBe(512);
  });
});

/** All that the file holds, before anything is left out. */
function rawRows(file: string, kind: string) {
  const format = formats.find((one) => one.kind === kind)!;
  const bad = new BadRows(file, 0);
  const parser = format.create({ kind }, { name: file, bad, seed: 1 });
  const rows = parser.push(gunzipSync(readFileSync(join(traceData, file))));
  return [...rows, ...parser.end()];
}
