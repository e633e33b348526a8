import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { program, repository } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyScenarioIn } from '../support/tiny-scenario.ts';

// Each starts several processes, one after the other.
vi.setConfig({ testTimeout: 180_000 });

const page = readFileSync(join(repository, 'docs/experiments.md'), 'utf8');
const blocks = [...page.matchAll(/^```(sh|yaml)\n([\s\S]*?)^```/gm)].map(([, , block]) => block!);
const [stored, shards, slurm, kubernetes, github, ladder, fleets] = blocks as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

/** As written, but on a scenario that takes no time, and not 200 seeds of it. */
function run(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const short = script
    .replaceAll('azure-chat', 'tiny.yaml')
    .replaceAll('--seeds 200', '--seeds 4')
    .replaceAll('--over', '--seeds 2 --over')
    .replaceAll('load=0.4..1.1', 'rate=10..400')
    .replaceAll('load=0.4,0.6,0.8,1', 'rate=10,400');
  const fairlead = `fairlead() { "${process.execPath}" "${program}" "$@"; }; npx() { "$@"; }\n`;
  const { status, stderr } = spawnSync('sh', ['-ec', fairlead + short], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FAIRLEAD_STORE: 'runs/store', ...env },
  });
  expect(status, stderr).toBe(0);
  return stderr;
}

function emptyPlace(): string {
  const cwd = temporaryFolder();
  tinyScenarioIn(cwd);
  return cwd;
}

/** It fails where a run is missing. */
function merge(folders: readonly string[], cwd: string): void {
  run(`fairlead report merge ${folders.join(' ')} --out merged`, cwd);
}

test('the store does what the page says', () => {
  const told = run(stored, emptyPlace());
  expect(told.split('\n')).toEqual([
    '32 of 32 runs were there (runs/store).',
    '32 of 48 runs were there (runs/store).',
    '',
  ]);
});

test('the shards do, too', () => {
  expect(run(shards, emptyPlace())).toContain('Shard 2/2: 40 of 40 runs are in shard-2');
});

test('as a Slurm array', () => {
  const cwd = emptyPlace();
  for (const id of ['1', '2', '3', '4']) {
    const of = { SLURM_ARRAY_TASK_COUNT: '4', SLURM_CPUS_PER_TASK: '1' };
    run(slurm, cwd, { ...of, SLURM_ARRAY_TASK_ID: id });
  }
  merge(['shard-1', 'shard-2', 'shard-3', 'shard-4'], cwd);
});

test('as an indexed job of Kubernetes', () => {
  const cwd = emptyPlace();
  const { spec } = parse(kubernetes);
  const [, , command] = spec.template.spec.containers[0].command as string[];
  for (let index = 0; index < spec.completions; index++) {
    run(command!, cwd, { JOB_COMPLETION_INDEX: String(index) });
  }
  merge(['shard-0', 'shard-1', 'shard-2', 'shard-3'], cwd);
});

test('as a matrix of GitHub', () => {
  const cwd = emptyPlace();
  const { jobs } = parse(github);
  const lastRun = (job: { steps: { run?: string }[] }) =>
    job.steps.flatMap((step) => step.run ?? []).at(-1)!;
  for (const shard of jobs.shard.strategy.matrix.shard) {
    run(lastRun(jobs.shard).replace(/\$\{\{ matrix\.shard \}\}/g, String(shard)), cwd);
  }
  run(lastRun(jobs.merge), cwd);
});

test('the ladder finds its runs again', () => {
  const told = run(ladder, emptyPlace()).split('\n');
  const [, found, runs] = /^(\d+) of (\d+) runs were there/.exec(told[0]!)!;
  expect(found).toBe(runs);
  expect(told[1]).toBe('4 of 4 runs were there (runs/store).');
});

test('other machines are compared under the same traffic', () => {
  // It fails where a fleet is not understood, or nobody keeps up on any.
  expect(run(fleets, emptyPlace())).not.toContain('Warning');
});
