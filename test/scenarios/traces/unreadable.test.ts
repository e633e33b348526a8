import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { openTrace } from '../../../scenarios/traces/open-trace.ts';
import { openTraceFile } from '../../../scenarios/traces/trace-file.ts';
import { readTrace, samples } from '../../support/traces.ts';

describe('what would break a careless reader', () => {
  const row = (fields: string) => `{"timestamp":0,"output_length":1,${fields}}`;
  const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);

  test('a value nested a million times', async () => {
    await expect(readTrace(row(`"input_length":${deep}`))).rejects.toThrow(
      'a:1: input_length is a list; write a whole number from 1 to 10000000.',
    );
    const { rows } = await readTrace(row(`"input_length":5,"more":${deep}`));
    expect(rows.length).toBe(1);
  });

  test('sub-agents of sub-agents of sub-agents', async () => {
    const agents = '{"t":0,"type":"subagent","requests":['.repeat(100_000);
    const text = `{"id":"x","requests":[${agents}${']}'.repeat(100_000)}]}`;
    await expect(readTrace(text)).rejects.toThrow('a:1: sub-agents inside each other, 21 deep.');
  });

  test('a time beyond all calendars', async () => {
    const [first, second] = ['0', '1e30'].map((time) => {
      return `{"timestamp":${time},"input_length":5,"output_length":1}`;
    });
    await expect(readTrace(`${first}\n${second}`)).rejects.toThrow(
      /^a:2: 1\.?\d*e\+27 s after the first row\. Is the unit of time right\?$/,
    );
  });
});

describe('a file that cannot be read at all', () => {
  test('an empty file', async () => {
    for (const format of [undefined, 'azure-csv', 'mooncake-jsonl', 'servegen']) {
      await expect(readTrace('', { format })).rejects.toBeInstanceOf(FairleadError);
    }
  });

  test('gzip that is cut or damaged', async () => {
    const rows = 'x,1,2\n'.repeat(100);
    const packed = gzipSync(samples['azure-csv']! + rows);
    await expect(readTrace(packed.subarray(0, packed.length - 12))).rejects.toMatchObject({
      code: 'TRACE_UNREADABLE',
      message: expect.stringMatching(
        /^a:\d+: after this line the gzip data is .* cut \(.+\)\. Fetch/,
      ),
    });
    const damaged = gzipSync(samples['mooncake-jsonl']!.repeat(1));
    damaged[damaged.length - 6]! ^= 0xff;
    await expect(readTrace(damaged)).rejects.toMatchObject({ code: 'TRACE_UNREADABLE' });
  });

  test('gzip that is cut, by the last line that could be read', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => {
      return `{"timestamp":${row},"input_length":${1 + (row % 977)},"output_length":1}\n`;
    }).join('');
    const packed = gzipSync(rows);
    for (const share of [0.3, 0.6, 0.9]) {
      const cut = packed.subarray(0, share * packed.length);
      const reading = readTrace(cut, { play: { dequantizeMs: 0 } });
      const message = await reading.then(String, (error: Error) => error.message);
      const line = Number(/^a:(\d+): /.exec(message)?.[1]);
      expect(Math.abs(line / 20_000 - share)).toBeLessThan(0.1);
    }
  });

  test('no known format, or none of this name', async () => {
    await expect(readTrace('time;tokens\n1;2\n')).rejects.toMatchObject({
      code: 'TRACE_FORMAT_UNKNOWN',
      message: expect.stringMatching(
        /^a: none of the trace formats .* Name one: azure-csv, .* begins with: time;tokens$/,
      ),
    });
    await expect(readTrace(samples['azure-csv']!, { format: 'azur-csv' })).rejects.toThrow(
      new FairleadError(
        'TRACE_FORMAT_UNKNOWN',
        'a: there is no trace format "azur-csv". Did you mean "azure-csv"?',
      ),
    );
  });

  test('a file that is not there', async () => {
    await expect(openTraceFile('/no/such/trace.csv').batches().next()).rejects.toThrow(
      new FairleadError('TRACE_UNREADABLE', '/no/such/trace.csv: there is no such file.'),
    );
  });

  test('a fault of the source is handed on, packed or not', async () => {
    const fault = new Error('the line went dead');
    for (const first of [Buffer.from(samples['azure-csv']!), gzipSync(samples['azure-csv']!)]) {
      async function* bytes() {
        yield first.subarray(0, 20);
        throw fault;
      }
      await expect(openTrace({ name: 'a', bytes: bytes() }).batches().next()).rejects.toBe(fault);
    }
  });
});

describe('bad rows', () => {
  const lines = Array.from({ length: 20 }, (_, at) => {
    const length = at % 5 === 4 ? '"bad"' : 600;
    return `{"timestamp":${at * 3_000},"input_length":${length},"output_length":1}`;
  });

  test('are skipped and counted, up to the number that was allowed', async () => {
    const { rows, summary } = await readTrace(lines.join('\n'), { play: { skipBad: 4 } });
    expect(rows.length).toBe(16);
    expect(summary).toMatchObject({ read: 16, bad: 4 });
    expect(summary.badMessages[0]).toMatch(/^a:5: input_length is "bad"/);
    await expect(readTrace(lines.join('\n'), { play: { skipBad: 3 } })).rejects.toThrow(
      /^a:20: input_length is "bad".*\(after 3 bad rows that skipBad allowed\)$/,
    );
  });

  test('may be too long, or go back in time', async () => {
    const back = '{"timestamp":0,"input_length":600,"output_length":1}';
    const text = [lines[0], 'x'.repeat(9_000_000), lines[1], back, lines[2]].join('\n');
    const { rows, summary } = await readTrace(text, { play: { skipBad: 2 } });
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 5]);
    expect(summary.badMessages).toEqual([
      expect.stringMatching(/^a:2: longer than 8 MB/),
      expect.stringMatching(/^a:4: time goes back from 3 s to 0 s/),
    ]);
  });
});
