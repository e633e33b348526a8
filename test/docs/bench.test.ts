import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison } from '../../reports/summary.ts';
import { testWith } from '../support/programs.ts';
import { repository, runFairlead } from '../support/run-fairlead.ts';
import { startReplicaCommand } from '../support/running-replicas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const page = readFileSync(join(repository, 'docs/bench.md'), 'utf8');
const [plain, via, attached] = [...page.matchAll(/^fairlead (bench .*)$/gm)].map(([, line]) =>
  line!.split(' '),
) as [string[], string[], string[]];

/** Minutes of the page are seconds here; so few requests say nothing, and that is told. */
const hasty = ['--duration', '4s', '--warmup', '0s', '--repetitions', '1', '--time-scale', '50'];

async function run(args: readonly string[]): Promise<Comparison> {
  const { code, stderr, stdout } = await runFairlead([...args, ...hasty, '--json', '-o', 'out'], {
    cwd: temporaryFolder(),
  });
  expect([0, 1, 3], stderr).toContain(code);
  return JSON.parse(stdout) as Comparison;
}

/** Many processes are started, which takes its time where others want the cores as well. */
const patience = 120_000;

const namesOf = ({ strategies }: Comparison) => strategies.map(({ name }) => name);

test(
  'strategies of the page are measured, recorded and replayed',
  async () => {
    const comparison = await run(plain);
    expect(namesOf(comparison)).toEqual(['round-robin', 'least-requests', 'predicted-finish']);
    for (const { decisions } of comparison.liveRuns!) expect(decisions!.differing).toBe(0);
  },
  patience,
);

testWith('caddy')(
  'balancers of the page are measured',
  async () => {
    const names = ['least-requests', 'nginx:least_conn', 'haproxy:random', 'caddy:least_conn'];
    expect(namesOf(await run(via))).toEqual(names);
  },
  patience,
);

test(
  'replicas of somebody else are measured',
  async () => {
    const replicas = await startReplicaCommand(
      ['--scenario', 'azure-chat', '--port', '0'].concat(['--time-scale', '50']),
    );
    try {
      const args = attached.with(-1, replicas.urls.join(','));
      const { scenario, warnings } = await run([...args, '-s', 'random']);
      expect(scenario.fleet).toEqual([]);
      expect(warnings.join()).toContain('The replicas are not started anew');
    } finally {
      await replicas.interrupt();
    }
  },
  patience,
);
