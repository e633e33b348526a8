import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { RecordLog } from '../../core/record-log.ts';
import { columnNames, isNumberColumn, type RequestRecord } from '../../core/request-record.ts';
import { WayMeter } from '../../experiments/live/way-meter.ts';

let server: Server | undefined;

afterEach(() => server?.close());

/** It has told of so many first tokens, of 20 ms each, when it is asked the next time. */
async function replicaTelling(counts: readonly number[]): Promise<string> {
  let asked = 0;
  server = createServer((_request, response) => {
    const count = counts[Math.min(asked++, counts.length - 1)]!;
    const name = 'vllm:time_to_first_token_seconds';
    response.end(`${name}_count{a="b"} ${count}\n${name}_sum{a="b"} ${count * 0.02}\n`);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const blank = Object.fromEntries(
  columnNames.map((name) => [name, isNumberColumn(name) ? 0 : '']),
) as RequestRecord;

/** Each took 20 ms in the replica and 5 ms on the way, but for those after the warm-up. */
function played(requests: number, keptUs: number, outcome: 'ok' | 'failed' = 'ok'): RecordLog {
  const log = new RecordLog();
  for (let id = 0; id < requests; id++) {
    const intendedUs = id * 10_000;
    const dispatchedUs = intendedUs + keptUs;
    const firstTokenUs = dispatchedUs + 25_000 + (id < 104 ? 0 : 50_000);
    log.append({
      ...blank,
      id,
      outcome,
      intendedUs,
      sentUs: intendedUs,
      dispatchedUs,
      firstTokenUs,
    });
  }
  return log;
}

async function wayOf(counts: readonly number[], log: RecordLog): Promise<number | null> {
  const meter = await WayMeter.begin([await replicaTelling(counts)], 60);
  await meter.onBegun();
  await meter.onBegun();
  await new Promise((resolve) => setTimeout(resolve, 150));
  return meter.end({ log });
}

// Seven before, one by the load generator that looks whether anybody is there, then four.
const counts = [7, 12, 112];

test('the way is what neither the replicas nor the proxy know of', async () => {
  expect(await wayOf(counts, played(200, 0))).toBeCloseTo(5_000, 0);
  expect(await wayOf(counts, played(200, 300_000))).toBeCloseTo(5_000, 0);
});

test('nobody knows it where requests have failed, or too few were answered in the warm-up', async () => {
  expect(await wayOf(counts, played(200, 0, 'failed'))).toBeNull();
  expect(await wayOf([7, 12, 20], played(200, 0))).toBeNull();
  expect(await wayOf(counts, played(50, 0))).toBeNull();
});

test('nobody knows it where the replicas do not tell', async () => {
  const meter = await WayMeter.begin(['http://127.0.0.1:1'], 10);
  await meter.onBegun();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(meter.end({ log: played(200, 0) })).toBeNull();
});
