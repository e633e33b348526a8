import { describe, expect, test } from 'vitest';
import { TraceFacts } from '../../scenarios/traces/trace-facts.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { hasTraceData } from '../support/trace-data.ts';

// The public traces by their statistics. The figures were computed from the files by a plain program
// of another author; those of arrivals and quantiles are rounded as they were published.

async function factsOf(file: string, play: Record<string, unknown> = {}) {
  const { rows } = await readPublicTrace(file, { play });
  const facts = new TraceFacts();
  for (const row of rows) facts.add(row);
  return facts.result();
}

/** To so many significant digits. */
function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

const conversation = 'mooncake/conversation_trace.jsonl.gz';
const toolAgent = 'derived/toolagent_like_DERIVED.jsonl.gz';

describe.runIf(hasTraceData)('arrivals and lengths', () => {
  test.each([
    {
      file: 'azure2023/AzureLLMInferenceTrace_conv.csv.gz',
      cv: 1.081,
      windowCv: 1.019,
      dispersion: [1.349, 3.54, 15.58, 49.96],
      peak: [2.724, 1.671, 1.447],
      input: [1_246.267245, 1_024, 4_076, 4_123, 14_050],
      output: [203.829375, 115, 423, 601.64, 1_000],
    },
    {
      file: 'azure2023/AzureLLMInferenceTrace_code.csv.gz',
      cv: 12.8,
      windowCv: 10.43,
      dispersion: [13.24, 69.96, 161.6, 32.69],
      peak: [21.09, 10.29, 3.325],
      input: [2_033.385289, 1_463, 5_009, 7_436, 7_437],
      output: [27.495696, 13, 55, 251.4, 1_899],
    },
    {
      file: conversation,
      play: { dequantizeMs: 0 },
      cv: 2.971,
      windowCv: 3.003,
      dispersion: [7.662, 2.049, 2.912, 5.394],
      peak: [7.028, 1.712, 1.265],
      input: [12_427.960769, 7_284, 27_991, 89_868, 124_847],
      output: [347.077188, 356, 606, 1_168, 2_000],
    },
    {
      file: toolAgent,
      play: { dequantizeMs: 0 },
      cv: undefined,
      windowCv: 4.385,
      dispersion: [14.35, 2.498, 2.069, 1.916],
      peak: [5.099, 1.544, 1.167],
      input: [8_957.343271, 6_182, 18_124, 69_282, 124_847],
      output: [178.969248, 32, 508, 906, 2_000],
    },
  ])('$file', async ({ file, play = {}, cv, windowCv, dispersion, peak, input, output }) => {
    const { arrivals, promptTokens, outputTokens } = await factsOf(file, play);
    if (cv !== undefined) expect(rounded(arrivals.gapCv, 4)).toBe(cv);
    expect(rounded(arrivals.medianWindowCv, 4)).toBe(windowCv);
    expect(arrivals.counts.map((bin) => rounded(bin.dispersion, 4))).toEqual(dispersion);
    expect(arrivals.counts.slice(0, 3).map((bin) => rounded(bin.peakToMean, 4))).toEqual(peak);
    for (const [facts, published] of [
      [promptTokens, input],
      [outputTokens, output],
    ] as const) {
      const { mean, p50, p90, p99, max } = facts;
      expect(Number(mean.toFixed(6))).toBe(published[0]);
      expect([p50, p90, max].map(Math.round)).toEqual([published[1], published[2], published[4]]);
      expect(Math.abs(p99 - published[3]!)).toBeLessThan(0.51);
    }
  });

  test('spread inside its ticks, mooncake chat comes almost as a Poisson process', async () => {
    const { arrivals } = await factsOf(conversation);
    expect(arrivals.gapCv).toBeCloseTo(1.007, 1);
    expect(arrivals.medianWindowCv).toBeCloseTo(1, 1);
    const [second, ten, minute, fiveMinutes] = arrivals.counts.map((bin) => bin.dispersion);
    expect(second).toBeCloseTo(1.039, 1);
    expect(Math.abs(ten! - 1.402)).toBeLessThan(0.25);
    expect(Math.abs(minute! - 2.675)).toBeLessThan(0.3);
    expect(Math.abs(fiveMinutes! - 5.413)).toBeLessThan(0.2);
  });
});

describe.runIf(hasTraceData).each([
  {
    file: conversation,
    blocks: [194_284, 126_103],
    infinite: [68_181, 34_896_689, 34_896_208, 34_896_272],
    engine: [6_094_617, 3_913_600],
    lru: [
      [8_575, 4_389_599],
      [16_876, 8_637_233],
      [49_727, 25_451_861],
      [67_708, 34_654_513],
    ],
    continuations: { cold: 1, 'system-only': 4_930, append: 2_469, branch: 451 },
    sessions: 5_382,
    share: 0.3576509,
  },
  {
    file: toolAgent,
    blocks: [289_276, 139_779],
    infinite: [149_497, 76_530_481, 76_530_000, 76_530_064],
    engine: [8_949_366, 4_166_237],
    lru: [
      [89_724, 45_937_887],
      [97_024, 49_673_009],
      [129_362, 66_224_981],
      [148_926, 76_238_129],
    ],
    continuations: { cold: 3, 'system-only': 4_930, append: 6_599, branch: 4_467 },
    sessions: 9_400,
    share: 0.534026,
  },
])('prefixes of $file', ({ file, blocks, infinite, engine, lru, continuations, ...rest }) => {
  test('hits of caches, and sessions', async () => {
    const { prefixes, promptTokens } = await factsOf(file, { dequantizeMs: 0 });
    const found = prefixes!;
    expect([found.blocks, found.distinctBlocks]).toEqual(blocks);
    expect([
      found.hitBlocks,
      found.hitTokens,
      found.engineHitTokensButLast,
      found.engineHitTokens,
    ]).toEqual(infinite);
    expect(found.hitTokens / promptTokens.sum).toBeCloseTo(rest.share, 7);
    expect([found.engineBlocks, found.engineBlocksKept]).toEqual(engine);
    expect(found.lru.map(({ hitBlocks, hitTokens }) => [hitBlocks, hitTokens])).toEqual(lru);
    expect(found.continuations).toEqual(continuations);
    expect(found.sessions).toBe(rest.sessions);
  });
});
