import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { gateMetrics } from '../../experiments/gate/gated-metrics.ts';
import { smallComparison } from '../support/comparisons.ts';
import { program, repository } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyScenarioIn } from '../support/tiny-scenario.ts';

// Each starts several processes, one after the other.
vi.setConfig({ testTimeout: 180_000 });

const page = readFileSync(join(repository, 'docs/gate.md'), 'utf8');
const blocks = [...page.matchAll(/^```(sh|yaml)\n([\s\S]*?)^```/gm)].map(([, , block]) => block!);
const [simulated, tolerances, live, github] = blocks as [string, string, string, string];

/** As written, in a folder with a scenario that lists one strategy. */
function run(script: string, cwd: string): string {
  const fairlead = `fairlead() { "${process.execPath}" "${program}" "$@"; }\n`;
  const { status, stderr, stdout } = spawnSync('sh', ['-ec', fairlead + script], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FAIRLEAD_STORE: 'runs/store' },
  });
  expect(status, stderr + stdout).toBe(0);
  return stdout;
}

test('the commands of the page work one after the other', () => {
  const cwd = temporaryFolder();
  renameSync(join(cwd, tinyScenarioIn(cwd)), join(cwd, 'my.yaml'));
  const text = readFileSync(join(cwd, 'my.yaml'), 'utf8');
  writeFileSync(join(cwd, 'my.yaml'), text.replace(/strategies: .*/, 'strategies: [least-tokens]'));
  expect(run(simulated, cwd)).toContain('bit-identical in all 8 seeds');
  expect(readFileSync(join(cwd, 'gate.xml'), 'utf8')).toContain('<testsuites');
  expect(readFileSync(join(cwd, 'comment.md'), 'utf8')).toContain('✅');
  expect(run(tolerances, cwd)).toContain('bit-identical in all 16 seeds');
});

test('so does that for live runs', async () => {
  const cwd = temporaryFolder();
  const { meta, ...rest } = await smallComparison({ strategies: ['least-requests'] });
  const measured = { ...rest, meta: { ...meta, simulated: false } };
  const ofOneSeed = await smallComparison({ strategies: ['least-requests'], seeds: 1 });
  for (const name of ['before', 'before-again', 'after']) {
    writeFileSync(join(cwd, name), JSON.stringify(measured));
  }
  for (const seed of [1, 2]) {
    const one = { ...ofOneSeed, meta: { ...ofOneSeed.meta, seeds: [seed], simulated: false } };
    for (const name of ['before', 'again', 'after']) {
      writeFileSync(join(cwd, `${name}-${seed}`), JSON.stringify(one));
    }
  }
  const said = run(live, cwd);
  expect(said).toContain('3 repetitions');
  expect(said).toContain('2 repetitions');
});

test('the workflow gives the action inputs that it has', () => {
  const { inputs } = parse(readFileSync(join(repository, 'action.yml'), 'utf8'));
  const { with: given } = parse(github).jobs.gate.steps.at(-1);
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
});

test('every figure of the page has the tolerance that it says', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((line) => {
    const [, names, tolerance] = line.split('|');
    return [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name, parseFloat(tolerance!) / 100]);
  });
  const usual = Object.entries(gateMetrics).filter(([, { isDefault }]) => isDefault);
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(usual.map(([name, { tolerance }]) => [name, tolerance])),
  );
});
