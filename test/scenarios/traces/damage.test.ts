import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { tarHeader, tarPadding } from '../../../scenarios/traces/tar-header.ts';
import { anyDamage, damaged } from '../../support/damage.ts';
import { readTrace, samples } from '../../support/traces.ts';

const pieces = [
  ...['"', '""', ',', '\n', '\r', '\r\n', '\ufeff', '{', '}', '[', ']', ':', '\\', '\\u', '\0'],
  ...['null', 'NaN', '1e999', '-1', '1e15', '9'.repeat(30), '{"__proto__":1}', '[[[[', '0', '.5'],
];

const codes = ['TRACE_INVALID', 'TRACE_FORMAT_UNKNOWN', 'TRACE_UNREADABLE'];

/** Rows with sound figures in order of time, or a complaint with a code and a place. */
async function readsOrComplains(
  content: string | Uint8Array,
  options: Parameters<typeof readTrace>[1],
): Promise<void> {
  try {
    const { rows, summary } = await readTrace(content, options);
    let lastUs = 0;
    for (const { arrivalUs, promptTokens, outputTokens, blocks, blockTokens } of rows) {
      expect(Number.isSafeInteger(arrivalUs) && arrivalUs >= lastUs).toBe(true);
      expect(Number.isSafeInteger(promptTokens) && promptTokens >= 1).toBe(true);
      expect(Number.isSafeInteger(outputTokens) && outputTokens >= 1).toBe(true);
      expect(blocks === undefined).toBe(blockTokens === undefined);
      lastUs = arrivalUs;
    }
    const { read, kept, failed, outside, notSampled } = summary;
    expect(kept).toBe(rows.length);
    expect(kept + failed + outside + notSampled).toBe(read);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    expect(codes).toContain(error.code);
    expect(error.message).toMatch(/^a(\/[^:]*)?(:\d+)?: \S/);
  }
}

const damages = fc.array(anyDamage(pieces), { minLength: 1, maxLength: 3 });
const pieceBytes = fc.constantFrom(1, 5, 65_536);
const skipBad = fc.constantFrom(0, 2, 100);

test.each(Object.entries(samples))(
  '%s: a damaged file is read or complained about',
  async (kind, text) => {
    const property = fc.asyncProperty(
      damages,
      pieceBytes,
      skipBad,
      fc.boolean(),
      async (given, size, skip, named) => {
        await readsOrComplains(damaged(text.repeat(2), given), {
          pieceBytes: size,
          play: { skipBad: skip },
          ...(named ? { format: kind } : {}),
        });
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 500 });
  },
);

const csv = '0,0.05,1,Gamma,0.5,1\n600,0,0,,0,0\n1200,0.02,1,Weibull,0.6,1\n';
const lengths = '{"0": {"input_tokens": "{10: 0.5, 30: 0.5}", "output_tokens": "{2: 1.0}"}}';

function archive(traceCsv: string, datasetJson: string): Uint8Array {
  const parts = Object.entries({
    'chunk-0-trace.csv': traceCsv,
    'chunk-0-dataset.json': datasetJson,
  });
  const blocks = parts.flatMap(([name, text]) => {
    const content = new TextEncoder().encode(text);
    return [tarHeader(name, content.length), content, tarPadding(content.length)];
  });
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1_024)]));
}

test('servegen: damaged tables in a sound archive', async () => {
  const property = fc.asyncProperty(damages, fc.boolean(), async (given, first) => {
    const bytes = first
      ? archive(damaged(csv, given), lengths)
      : archive(csv, damaged(lengths, given));
    await readsOrComplains(bytes, { format: 'servegen', play: { untilS: 1_800 } });
  });
  await fc.assert(property, { seed: 1, numRuns: 500 });
});

test('servegen and gzip: damaged bytes', async () => {
  const sound = [
    archive(csv, lengths),
    gzipSync(samples['azure-csv']!),
    gzipSync(archive(csv, lengths)),
  ];
  const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
    maxLength: 4,
  });
  const kept = fc.double({ min: 0, max: 1, noNaN: true });
  const property = fc.asyncProperty(
    fc.constantFrom(...sound),
    flips,
    fc.oneof(fc.constant(1), kept),
    async (bytes, given, share) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, value] of given) changed[Math.floor(at * bytes.length)] = value;
      const cut = changed.subarray(0, Math.ceil(share * changed.length));
      await readsOrComplains(cut, { play: { untilS: 1_800 } });
    },
  );
  await fc.assert(property, { seed: 1, numRuns: 1_000 });
});
