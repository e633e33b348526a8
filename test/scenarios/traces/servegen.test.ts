import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { parsePythonDict } from '../../../scenarios/traces/servegen/probability-table.ts';
import { windowGaps } from '../../../scenarios/traces/servegen/window-gaps.ts';
import { tarHeader, tarPadding } from '../../../scenarios/traces/tar-header.ts';
import { openTraceFile } from '../../../scenarios/traces/trace-file.ts';
import type { TraceRow } from '../../../scenarios/traces/trace-row.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readTrace, sum } from '../../support/traces.ts';

const encoder = new TextEncoder();

function archive(files: Readonly<Record<string, string>>): Uint8Array {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const content = encoder.encode(text);
    return [tarHeader(name, content.length), content, tarPadding(content.length)];
  });
  return new Uint8Array(Buffer.concat([...parts, new Uint8Array(1_024)]));
}

const idle = '0,0,0,,0,0\n600,0,0,,0,0\n1200,0,0,,0,0\n1800,0,0,,0,0\n';
const busy = '0,1,1,Gamma,1,1\n600,0,0,,0,0\n1200,3,2,Weibull,0.6,1\n1800,1,1,Gamma,0.5,2\n';
const lengths = '{"0": {"input_tokens": "{10: 0.5, 30: 0.5}", "output_tokens": "{2: 1.0}"}}';

const files = {
  'm/chunk-0-trace.csv': busy,
  'm/chunk-0-dataset.json': lengths,
  'm/chunk-1-trace.csv': idle,
};

describe('a ServeGen archive', () => {
  test('rows come from the clients, with the lengths of their tables', async () => {
    const { rows, summary } = await readTrace(archive(files));
    expect(summary).toMatchObject({ format: 'servegen', failed: 0 });
    expect(summary.notes).toEqual([
      'windows without any traffic: 1 (interpolate)',
      'clients without lengths, which draw from those of all: 1',
    ]);
    expect(new Set(rows.map(({ promptTokens }) => promptTokens))).toEqual(new Set([10, 30]));
    expect(new Set(rows.map(({ outputTokens }) => outputTokens))).toEqual(new Set([2]));
    // Rates of 1, 2 (between 1 and 3), 3 and 1 requests a second.
    expect(Math.abs(rows.length - 7 * 600)).toBeLessThan(400);
  });

  test('the pieces it comes in make no difference', async () => {
    const whole = await readTrace(archive(files));
    expect((await readTrace(archive(files), { pieceBytes: 7 })).rows).toEqual(whole.rows);
  });

  test('a folder is read as the archive of it, row by row or many at a time', async () => {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, basename(name)), text);
    }
    writeFileSync(join(folder, 'README.md'), 'not for us');
    const rows: TraceRow[] = [];
    for await (const row of openTraceFile(folder)) rows.push(row);
    expect(rows).toEqual((await readTrace(archive(files))).rows);
    expect(rows.length).toBeGreaterThan(1_024);
  });

  test('a cut outage leaves no hole', async () => {
    const { rows } = await readTrace(archive(files), { options: { outages: 'cut' } });
    const window = (row: { arrivalUs: number }) => Math.floor(row.arrivalUs / 600e6);
    const counts = [0, 1, 2].map((at) => rows.filter((row) => window(row) === at).length);
    expect(counts.map((count, at) => Math.abs(count / [600, 1_800, 600][at]! - 1) < 0.2)).toEqual([
      true,
      true,
      true,
    ]);
    expect(rows.at(-1)!.arrivalUs).toBeLessThan(3 * 600e6);
  });

  test('a client that repeats another is left out, unless it is to be kept', async () => {
    const rates = Array.from({ length: 100 }, (_, at) => 0.01 + (at % 7) / 100);
    const csv = rates.map((rate, at) => `${at * 600},${rate},1,Gamma,1,1\n`).join('');
    const twice = {
      'chunk-3-trace.csv': csv,
      'chunk-7-trace.csv': csv,
      'chunk-7-dataset.json': lengths,
      'chunk-3-dataset.json': lengths,
    };
    const { rows, summary } = await readTrace(archive(twice));
    expect(summary.notes).toEqual(['client 7 is left out: it is client 3 again']);
    const kept = await readTrace(archive(twice), { options: { duplicates: 'keep' } });
    const clients = kept.rows.filter(({ tenant }) => tenant === 'client-3');
    expect(clients.length).toBe(rows.length);
    expect(kept.rows.length).toBeGreaterThan(1.8 * rows.length);
  });

  test.each([
    ['no traces', { 'chunk-0-dataset.json': lengths }, /there is no chunk-<client>-trace\.csv/],
    ['no lengths', { 'chunk-0-trace.csv': busy }, /no client has lengths/],
    [
      'a wrong family',
      { 'chunk-0-trace.csv': busy.replace('Gamma', 'Pareto') },
      /^a\/chunk-0-trace\.csv:1: the pattern is "Pareto"; write Gamma or Weibull\.$/,
    ],
    [
      'a hole in time',
      { 'chunk-0-trace.csv': busy.replace('1200,', '1300,') },
      /csv:3: the window starts at 1300 s, and 1200 s was expected/,
    ],
    [
      'a shape of zero',
      { 'chunk-0-trace.csv': busy.replace('Weibull,0.6', 'Weibull,0') },
      /csv:3: the shape of Weibull is "0"/,
    ],
    [
      'code in a table',
      { 'chunk-0-dataset.json': lengths.replace('{2: 1.0}', '__import__') },
      /dataset\.json:1: "__import__" is not a Python dictionary/,
    ],
  ])('%s is reported', async (_what, changed, message) => {
    await expect(readTrace(archive({ ...changed }), { format: 'servegen' })).rejects.toThrow(
      message,
    );
  });

  test('a cut or damaged archive is reported', async () => {
    const whole = archive(files);
    await expect(readTrace(whole.slice(0, 700))).rejects.toThrow(/the archive is cut/);
    const damaged = whole.slice();
    damaged[130] = 0x37;
    await expect(readTrace(damaged)).rejects.toThrow(/the checksum of a header is wrong/);
  });
});

describe('Python dictionaries', () => {
  test('are read without evaluating anything, and need not add up to one', () => {
    const table = parsePythonDict('{60: 0.2, 61: 0.6, 70.5: 1e-1}')!;
    expect(table.mean).toBeCloseTo((60 * 0.2 + 61 * 0.6 + 70.5 * 0.1) / 0.9, 10);
    expect([0, 0.2, 0.24, 0.88, 0.89, 0.999].map((u) => table.draw(() => u))).toEqual([
      60, 60, 61, 61, 70.5, 70.5,
    ]);
    expect(parsePythonDict('{}')).toBeUndefined();
  });

  test.each(['', '{', '{1}', '{1: }', '{: 1}', '{1: x}', '{1: -1}', '{1: 1}{', '{1: nan}'])(
    '%s is none',
    (text) => expect(() => parsePythonDict(text)).toThrow(/not a Python dictionary/),
  );
});

describe('gaps of a window', () => {
  const windowS = 600;

  /** Requests in each of many windows. */
  function counts(activity: Parameters<typeof windowGaps>[0], windows: number): number[] {
    const random = randomStream(5, 'gaps');
    return Array.from({ length: windows }, () => {
      const gaps = windowGaps(activity, random);
      let count = 0;
      for (let at = gaps.first(); at < windowS; at += gaps.next()) count += 1;
      return count;
    });
  }

  test.each([
    ['gamma', 1, 2_000, 0.01],
    ['gamma', 3, 2_000, 0.01],
    ['gamma', 0.1, 4_000, 0.02],
    // Nothing for hours and then hundreds at once, and still the rate that was measured.
    ['gamma', 0.005, 100_000, 0.05],
    ['weibull', 0.45, 4_000, 0.02],
    ['weibull', 0.16, 20_000, 0.06],
  ] as const)('%s of shape %d keep the rate', (family, shape, windows, tolerance) => {
    const rateRps = 0.1;
    const mean = sum(counts({ family, shape, rateRps }, windows)) / windows;
    expect(Math.abs(mean / (rateRps * windowS) - 1)).toBeLessThan(tolerance);
  });

  test.each([
    ['gamma', 0.25, 2],
    ['gamma', 0.005, Math.sqrt(200)],
    // Γ(1 + 2/k) / Γ(1 + 1/k)² - 1, squared root of.
    ['weibull', 0.5, Math.sqrt(5)],
  ] as const)('%s of shape %d have their coefficient of variation', (family, shape, cv) => {
    const gaps = windowGaps({ family, shape, rateRps: 2 }, randomStream(9, 'cv'));
    const sample = Array.from({ length: 400_000 }, () => gaps.next());
    const mean = sum(sample) / sample.length;
    const variance = sum(sample.map((gap) => (gap - mean) ** 2)) / sample.length;
    expect(Math.abs(mean / 0.5 - 1)).toBeLessThan(0.05);
    expect(Math.abs(Math.sqrt(variance) / mean / cv - 1)).toBeLessThan(0.05);
  });

  test('input and output are drawn independently', async () => {
    const table = '{1: 0.2, 2: 0.2, 3: 0.2, 4: 0.2, 5: 0.2}';
    const both = { '0': { input_tokens: table, output_tokens: table } };
    const { rows } = await readTrace(
      archive({ 'chunk-0-trace.csv': busy, 'chunk-0-dataset.json': JSON.stringify(both) }),
    );
    const product = sum(rows.map((row) => (row.promptTokens - 3) * (row.outputTokens - 3)));
    // The variance of each is 2; four standard errors.
    expect(Math.abs(product / rows.length)).toBeLessThan((4 * 2) / Math.sqrt(rows.length));
  });
});
