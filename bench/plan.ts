import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, type Benchmark } from './result.ts';

/** How long somebody waits for a plan with everything that it can be asked. */
export function planBenchmarks(): Map<string, Benchmark> {
  return new Map<string, Benchmark>([['plan.eightGpus.s', () => atMost(120, eightGpusS(), 's')]]);
}

const gpus = ['A100-80GB-SXM', 'H100-SXM', 'H200-SXM', 'L40S', 'B200-SXM', 'MI300X', 'L4', 'A10G'];
/** More than sixty of the smallest of them. */
const rateRps = 100;

function eightGpusS(): number {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'));
  const program = fileURLToPath(new URL('../../bin/fairlead.js', import.meta.url));
  const options = ['--rate', String(rateRps), '--gpus', gpus.join(','), '--max-replicas', '64'];
  const args = [program, 'plan', 'azure-chat', ...options, '--max-model-len', '16384', '--json'];
  const startedAt = performance.now();
  try {
    const { status, stderr, stdout } = spawnSync(process.execPath, [...args, '--no-store'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the plan failed: ${stderr}${stdout}`);
    const { answer, searched } = JSON.parse(stdout);
    process.stderr.write(`  ${answer.sentence} ${searched.runs} runs\n`);
    return (performance.now() - startedAt) / 1_000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
