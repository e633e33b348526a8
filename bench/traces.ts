import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, type Benchmark } from './result.ts';

const unit = 'MB per CPU second';

/** How fast traces are read, and in how much memory. */
export function traceBenchmarks(): Map<string, Benchmark> {
  const benchmarks = new Map<string, Benchmark>();
  for (const format of ['azure', 'mooncake']) {
    // One reading tells both.
    let reading: Reading | undefined;
    const plain = () => {
      reading ??= readTrace(format, { megabytes: 1_000, packed: false });
      return reading;
    };
    benchmarks.set(`trace.${format}.mbPerCpuS`, () => atLeast(100, plain().mbPerCpuS, unit));
    benchmarks.set(`trace.${format}.rssMb`, () => atMost(200, plain().rssMb, 'MB'));
    benchmarks.set(`trace.${format}.gz.mbPerCpuS`, () =>
      atLeast(50, readTrace(format, { megabytes: 200, packed: true }).mbPerCpuS, unit),
    );
  }
  return benchmarks;
}

interface Reading {
  readonly mbPerCpuS: number;
  readonly rssMb: number;
}

/** In a process of its own, so that nothing else is counted. */
function readTrace(format: string, size: { megabytes: number; packed: boolean }): Reading {
  const program = fileURLToPath(new URL('read-trace.js', import.meta.url));
  const args = [program, format, String(size.megabytes), ...(size.packed ? ['packed'] : [])];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`reading ${format} failed`);
  return JSON.parse(stdout) as Reading;
}
