import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { program, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lastingPart, tinyScenarioIn } from '../support/tiny-scenario.ts';

// Four shards as four processes, one of which dies in the middle. The full size is 2,000 runs;
// FAIRLEAD_CHAOS=full asks for it.

const isFull = process.env['FAIRLEAD_CHAOS'] === 'full';
const seeds = isFull ? 500 : 20;
const runs = 4 * seeds;

function keptIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /^runs\/..\/[0-9a-f]{64}\.json$/.test(file)).length;
}

/** Begins the shard anew until it dies between its first run and its last. */
async function killedShard(args: readonly string[], cwd: string, folder: string): Promise<number> {
  for (;;) {
    const child = spawn(process.execPath, [program, ...args], { cwd, stdio: 'ignore' });
    const exited = new Promise<NodeJS.Signals | null>((resolve) => {
      child.on('exit', (_code, signal) => resolve(signal));
    });
    while (keptIn(folder) < runs / 16 && child.exitCode === null) await sleep(2);
    child.kill('SIGKILL');
    const signal = await exited;
    const kept = keptIn(folder);
    if (signal === 'SIGKILL' && kept < runs / 4) return kept;
    rmSync(folder, { recursive: true });
  }
}

test(`${runs} runs by four shards, one of them killed, give the same bytes as by threads`, {
  timeout: isFull ? 3_600_000 : 120_000,
}, async () => {
  const cwd = temporaryFolder();
  const compare = ['compare', tinyScenarioIn(cwd), '--seeds', String(seeds)];
  const shard = (index: number) => [...compare, '--shard', `${index}/4`, '-o', `s${index}`, '-t1'];
  const folders = [1, 2, 3, 4].map((index) => join(cwd, `s${index}`));
  const whole = runFairlead([...compare, '--json', '--out', 'whole'], { cwd });
  const killed = killedShard(shard(2), cwd, folders[1]!);
  await Promise.all([1, 3, 4].map((index) => runFairlead(shard(index), { cwd })));
  const survived = await killed;

  const merge = ['report', 'merge', 's1', 's2', 's3', 's4', '--out', 'merged', '--json'];
  const early = await runFairlead(merge, { cwd });
  expect([early.code, early.stdout]).toEqual([64, '']);
  expect(early.stderr).toContain(
    `Of ${runs.toLocaleString('en-US')} runs ${runs / 4 - survived} are`,
  );
  expect(early.stderr).toContain('RUNS_MISSING');

  // What it says is typed as it stands.
  const command = /^ +fairlead (compare .*)$/m.exec(early.stderr)![1]!;
  const typed = `exec "${process.execPath}" "${program}" ${command}`;
  const again = spawnSync('sh', ['-c', typed], { cwd, encoding: 'utf8' });
  expect(again.stderr).toContain(`${survived} of ${runs / 4} runs were there (s2/runs)`);

  const merged = await runFairlead(merge, { cwd });
  expect(lastingPart(merged.stdout)).toBe(lastingPart((await whole).stdout));
  expect(folders.map(keptIn)).toEqual([1, 2, 3, 4].map(() => runs / 4));
});
