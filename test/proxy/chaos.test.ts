import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { replayLog } from '../../cli/replay-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// The program is bench/proxy/chaos.ts: eight replicas, each a process of its own, under load. The
// full size is 200 streams, 60 s and 30 blows; FAIRLEAD_CHAOS=full asks for it.

const program = new URL('../../dist/bench/proxy/chaos.js', import.meta.url).pathname;
const isFull = process.env['FAIRLEAD_CHAOS'] === 'full';
const size = isFull
  ? { streams: 200, seconds: 60, blows: 30 }
  : { streams: 60, seconds: 6, blows: 6 };

const longestMs = 120_000;

interface Result {
  readonly ok: number;
  readonly brokenWithEvent: number;
  readonly brokenWithout: number;
  readonly lost: number;
  readonly mixed: number;
  readonly refused: number;
  readonly inFlight: number;
  readonly inSystem: number;
  /** Of the memory in use, after everything. */
  readonly growth: number;
}

async function chaos(mode: string, transport: string, record: string): Promise<Result> {
  const blows = mode === 'reload' ? 100 : size.blows;
  const asked = JSON.stringify({ ...size, mode, transport, blows, replicas: 8, seed: 1, record });
  const run = promisify(execFile);
  // It must not outlive its test: it would go on asking at ports that others have by then.
  const { stdout } = await run(process.execPath, ['--expose-gc', program, asked], {
    timeout: longestMs - 5_000,
    killSignal: 'SIGKILL',
  });
  return JSON.parse(stdout) as Result;
}

test.each([
  ['kill', 'dispatch'],
  ['kill', 'raw'],
  ['stop', 'dispatch'],
  ['stop', 'raw'],
  ['reload', 'dispatch'],
  ['reload', 'raw'],
])(
  '%s of replicas under load, by %s: nothing is lost, sent twice or left behind, and each pick is the same again',
  {
    timeout: longestMs,
  },
  async (mode, transport) => {
    const record = join(temporaryFolder(), 'decisions.ndjson');
    const result = await chaos(mode, transport, record);
    expect(result).toMatchObject({ lost: 0, mixed: 0, refused: 0, brokenWithout: 0 });
    expect(result).toMatchObject({ inFlight: 0, inSystem: 0 });
    expect(Math.abs(result.growth)).toBeLessThan(0.1);
    expect(result.ok).toBeGreaterThan(size.streams * 3);
    if (mode === 'reload') expect(result.brokenWithEvent).toBe(0);
    else expect(result.brokenWithEvent).toBeGreaterThan(0);
    const replay = await replayLog(record);
    expect(replay).toMatchObject({ differing: 0, isComplete: true, differences: [] });
    expect(replay.picks).toBeGreaterThanOrEqual(result.ok + result.brokenWithEvent);
    expect(replay.gateways.length).toBeGreaterThan(mode === 'reload' ? 10 : 0);
  },
);
