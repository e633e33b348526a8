import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vllmMetricsPage } from '../../../bench/proxy/vllm-metrics-page.ts';
import { engines } from '../../../proxy/signals/engines.ts';
import { type LoadFigures, MetricsScan } from '../../../proxy/signals/metrics-scan.ts';
import * as pages from './engine-pages.ts';
import { plainFigures } from './plain-metrics.ts';

function read(page: string): LoadFigures | undefined {
  return new MetricsScan().read(Buffer.from(page));
}

const waiting = 'vllm:num_requests_waiting';

describe('a page', () => {
  const one = { waiting: 3, running: 40, kvUsage: 0.4125 };
  const other = { waiting: 4, running: 2, kvUsage: 0.5875 };
  const nothing = Number.NaN;
  test.each<[string, string, string, LoadFigures]>([
    ['vLLM', 'of vLLM', vllmMetricsPage([one]), one],
    [
      'vLLM',
      'with engines',
      vllmMetricsPage([one, other]),
      { waiting: 7, running: 42, kvUsage: 0.5 },
    ],
    ['vLLM', 'of V0', pages.vllmV0, { waiting: 5, running: 2, kvUsage: 4.5e-5 }],
    ['SGLang', 'of SGLang', pages.sglang, { waiting: 7, running: 22, kvUsage: 0.39 }],
    ['TensorRT-LLM', 'of TRT-LLM', pages.tensorRtLlm, { waiting: 1, running: 4, kvUsage: 0.0625 }],
    [
      'TensorRT-LLM in Triton',
      'of Triton',
      pages.triton,
      { waiting: 6, running: 9, kvUsage: 0.875 },
    ],
    ['llama.cpp', 'of llama.cpp', pages.llamaCpp, { waiting: 0, running: 2, kvUsage: nothing }],
    ['llama.cpp', 'before', pages.llamaCppWithCache, { waiting: 0, running: 2, kvUsage: 0.33 }],
  ])('of %s (%s) is understood', (engine, _, page, figures) => {
    const scan = new MetricsScan();
    expect(scan.read(Buffer.from(page))).toEqual(figures);
    expect(scan.engine).toBe(engine);
    expect(plainFigures(Buffer.from(page))).toEqual(figures);
  });

  test('of a vLLM between V0 and V1 has its cache once', () => {
    const page = 'vllm:gpu_cache_usage_perc 0.5\nvllm:kv_cache_usage_perc 0.25\n';
    expect(read(page)).toEqual({ waiting: Number.NaN, running: Number.NaN, kvUsage: 0.25 });
  });

  test('of something else says nothing', () => {
    expect(read('')).toBeUndefined();
    expect(read('<html>Not found</html>')).toBeUndefined();
    expect(read('# TYPE vllm:num_requests_waiting gauge\n')).toBeUndefined();
  });

  test('of another engine than before is understood as well', () => {
    const scan = new MetricsScan();
    for (const page of [pages.vllmV0, '', pages.llamaCpp, pages.llamaCpp, pages.sglang]) {
      expect(scan.read(Buffer.from(page))).toEqual(plainFigures(Buffer.from(page)));
    }
    expect(scan.engine).toBe('SGLang');
  });
});

describe('series of a name that stand apart', () => {
  const apart = Buffer.from(`${waiting} 1\nx 1\n${waiting}{engine="1"} 2\n`);
  const together = Buffer.from(`${waiting} 3\n`);

  test('are all found', () => {
    const scan = new MetricsScan();
    for (let times = 0; times < 40; times++) expect(scan.read(apart)?.waiting).toBe(3);
  });

  test('are so even if they have not been before, after a while', () => {
    const scan = new MetricsScan();
    for (let times = 0; times < 5; times++) scan.read(together);
    for (let times = 0; times < 15; times++) scan.read(apart);
    for (let times = 0; times < 40; times++) expect(scan.read(apart)?.waiting).toBe(3);
  });
});

describe('a line', () => {
  test.each<[string, number]>([
    [`${waiting} 3`, 3],
    [`${waiting}\t3.5e+01 1785000000000`, 35],
    [` \t${waiting} { engine = "0" , } 3\r\n`, 3],
    [`${waiting}{engine="0"}3`, 3],
    [`${waiting}{m="a\\"} 9\\\\",n="}{,=\\n"} 4`, 4],
    [`${waiting}{m="${waiting} 8"} 4`, 4],
    [`# ${waiting} 9\n${waiting} 4`, 4],
    [`# HELP x y\\n${waiting} 9\n${waiting} 4`, 4],
    [`x${waiting} 9\n${waiting} 4`, 4],
    [`${waiting}_by_reason 9\n${waiting} 4`, 4],
    [`${waiting} 1\n${waiting} 2\nother 7\n${waiting} 4`, 7],
    [`${waiting} 4 # {trace="x"} 1`, 4],
    [`${waiting}{m="é😀"} 4`, 4],
  ])('%j says %d', (page, value) => {
    expect(read(page)?.waiting).toBe(value);
  });

  test.each([
    `${waiting}`,
    `${waiting} `,
    `${waiting}3`,
    `${waiting} NaN`,
    `${waiting} +Inf`,
    `${waiting} -1`,
    `${waiting} 0x10`,
    `${waiting} 1_000`,
    `${waiting} 1e999`,
    `${waiting} 4\n${waiting}{engine="1"} NaN`,
    `${waiting}{m="x} 4`,
    `${waiting}{m="x\n"} 4`,
    `${waiting}{m="x\\\n"} 4`,
    `${waiting}{="x"} 4`,
    `${waiting}{,} 4`,
    `${waiting}{m="x" n="y"} 4`,
    `${waiting}\n4`,
  ])('%j says nothing', (line) => {
    expect(read(`${line}\nvllm:num_requests_running 1\n`)).toEqual({
      waiting: Number.NaN,
      running: 1,
      kvUsage: Number.NaN,
    });
  });
});

const gauges = engines.flatMap(({ kvUsage, running, waiting }) => [
  ...kvUsage,
  ...running,
  ...waiting,
]);
const blank = fc.constantFrom('', '', '', ' ', '\t', '  ');
const labelValue = fc
  .array(fc.constantFrom('a', '\\"', '\\\\', '\\n', '}', '{', ',', '=', ' ', 'é', `${waiting} 1`))
  .map((parts) => parts.join(''));
const label = fc
  .tuple(fc.constantFrom('engine', 'model_name', 'le'), blank, blank, labelValue)
  .map(([name, before, after, value]) => `${name}${before}=${after}"${value}"`);
const number = fc.oneof(
  fc.nat(1_000).map((count) => `${count}.0`),
  fc.double({ min: 0, max: 1, noNaN: true }).map(String),
  fc.constantFrom('NaN', '+Inf', '-Inf', '1e3', '2.5E-2', '+7', '-3', '.5', '6.', '', 'x', '1e'),
);
const series = fc
  .record({
    before: blank,
    gauge: fc.constantFrom(...gauges),
    suffix: fc.constantFrom('', '', '', '', '_total', ':x'),
    wanted: fc.boolean(),
    labels: fc.option(fc.array(label, { maxLength: 3 })),
    comma: fc.constantFrom('', ','),
    between: fc.constantFrom(' ', '\t', '  ', ''),
    number,
    after: fc.constantFrom('', '', ' 1785000000000', ' ', '\r', ' # {a="b"} 1'),
  })
  .map(({ after, before, between, comma, gauge, labels, number, suffix, wanted }) => {
    const own = gauge.label && wanted ? [`${gauge.label.name}="${gauge.label.value}"`] : [];
    const all = [...(labels ?? []), ...own];
    const braces = labels === null && all.length === 0 ? '' : `{${all.join(', ')}${comma}}`;
    return `${before}${gauge.name}${suffix}${braces}${between}${number}${after}`;
  });
const line = fc.oneof(
  { weight: 6, arbitrary: series },
  fc.constantFrom(...gauges).map(({ name }) => `# HELP ${name} Of ${name} 1`),
  fc.constantFrom('', '# EOF', 'process_open_fds 12', '}', '"'),
);
const page = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => `${lines.join('\n')}${end}`);

describe('any page', () => {
  test('says to a scan of its bytes what it says to a reader of its lines', () => {
    let understood = 0;
    fc.assert(
      fc.property(page, (text) => {
        const bytes = Buffer.from(text);
        const plain = plainFigures(bytes);
        if (plain !== undefined) understood += 1;
        const scan = new MetricsScan();
        for (let times = 0; times < 3; times++) expect(scan.read(bytes)).toEqual(plain);
      }),
      { seed: 6, numRuns: 5_000 },
    );
    expect(understood).toBeGreaterThan(1_000);
  });

  test('does so with some of its bytes broken', () => {
    const damage = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('\n\\"{}=, \t\r1'))),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(page, damage, (text, places) => {
        const bytes = Buffer.from(text);
        for (const [place, byte] of places)
          if (bytes.length > 0) bytes[place % bytes.length] = byte;
        expect(new MetricsScan().read(bytes)).toEqual(plainFigures(bytes));
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });

  test('is scanned without an error, whatever it is', () => {
    const scan = new MetricsScan();
    const names = gauges.map(({ name }) => Buffer.from(name));
    const piece = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...names));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        scan.read(bytes);
        expect(new MetricsScan().read(bytes)).toEqual(plainFigures(bytes));
      }),
      { seed: 8, numRuns: 5_000 },
    );
  });
});
