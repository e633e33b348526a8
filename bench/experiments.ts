import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, type Benchmark } from './result.ts';

/** What a second thread is worth, and how soon a comparison that was made before is answered. */
export function experimentBenchmarks(): Map<string, Benchmark> {
  return new Map<string, Benchmark>([
    ['experiments.threads.speedup', threadsSpeedup],
    ['experiments.repeated.s', repeatedS],
  ]);
}

interface Sweep {
  readonly wallS: number;
  readonly cpuS: number;
}

/** The best of some rounds, one after the other: others on the machine only make it worse. */
function threadsSpeedup() {
  const rounds = [1, 2, 3, 4].map(() => ({ one: sweep(1), two: sweep(2) }));
  for (const { one, two } of rounds) {
    const told = [one, two].map(
      ({ cpuS, wallS }) => `${wallS.toFixed(1)} s, CPU ${cpuS.toFixed(1)} s`,
    );
    process.stderr.write(`  one thread ${told[0]}; two ${told[1]}\n`);
  }
  const fastest = (of: 'one' | 'two') => Math.min(...rounds.map((round) => round[of].wallS));
  return atLeast(1.8, fastest('one') / fastest('two'), 'times one thread');
}

function sweep(threads: number): Sweep {
  const program = fileURLToPath(new URL('sweep.js', import.meta.url));
  return JSON.parse(run([program, String(threads)], '.')) as Sweep;
}

function repeatedS() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'));
  const program = fileURLToPath(new URL('../../bin/fairlead.js', import.meta.url));
  const compare = () => run([program, 'compare', 'azure-chat', '--seeds', '4', '--json'], folder);
  try {
    compare();
    const times = [1, 2, 3].map(() => {
      const startedAt = performance.now();
      compare();
      return (performance.now() - startedAt) / 1_000;
    });
    return atMost(1, Math.min(...times), 's');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: readonly string[], cwd: string): string {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    // Without a store that is set for the whole machine.
    env: { ...process.env, FAIRLEAD_STORE: join('runs', 'store') },
  });
  // 1 is an answer as well.
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
