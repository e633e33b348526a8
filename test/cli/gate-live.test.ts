import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gateSchema } from '../../reports/gate/result.ts';
import type { Comparison } from '../../reports/summary.ts';
import { startRawServer } from '../loadgen/support/raw-server.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const scenario = JSON.stringify({
  name: 'even',
  summary: 'Even traffic.',
  model: 'Llama-3.1-8B',
  fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 1 }],
  traffic: [
    {
      arrivals: { kind: 'constant', rate: 30 },
      input: { kind: 'constant', tokens: 64 },
      output: { kind: 'constant', tokens: 4 },
    },
  ],
  warmup: '1s',
  duration: '60s',
});

/** The same run as if all had taken so much longer, on another seed. */
function longer(measured: Comparison, factor: number, seed: number): string {
  const { live, meta } = measured;
  const latencyMs = Object.fromEntries(
    Object.entries(live!.latencyMs!).map(([name, ms]) => [name, ms! * factor]),
  );
  // A busy machine may have made the load generator late, which is not what is asked here.
  const facts = { ...live, latencyMs, isValid: true };
  return JSON.stringify({ ...measured, live: facts, meta: { ...meta, seeds: [seed] } });
}

test('folders of "fairlead load" are held against each other seed by seed', async () => {
  const cwd = folderWith({ 'even.json': scenario });
  const url = await startRawServer({ gapMs: 20 });
  const { code, stderr } = await runFairlead(
    ['load', 'even.json', '--url', url, '--duration', '2s', '-o', 'once'],
    { cwd },
  );
  expect([0, 3], stderr).toContain(code);
  const measured = JSON.parse(readFileSync(join(cwd, 'once/summary.json'), 'utf8'));
  const factors = { before: [1, 1], again: [1.002, 0.999], after: [1.3, 1.302] };
  for (const [side, [first, second]] of Object.entries(factors)) {
    writeFileSync(join(cwd, `${side}-1`), longer(measured, first!, 1));
    writeFileSync(join(cwd, `${side}-2`), longer(measured, second!, 2));
  }
  const gate = async (head: string, seeds: readonly number[]) => {
    const sides = { '--base-run': 'before', '--noise-run': 'again', '--head-run': head };
    const runs = Object.entries(sides).flatMap(([option, side]) =>
      seeds.flatMap((seed) => [option, `${side}-${seed}`]),
    );
    const figures = ['--metric', 'tpotP50', '--metric', 'e2eP90', '--tolerance', '0.1'];
    const said = await runFairlead(['gate', ...runs, ...figures, '-o', 'out', '--json'], { cwd });
    return { code: said.code, result: gateSchema.parse(JSON.parse(said.stdout)) };
  };
  const [slow, same, single] = await Promise.all([
    gate('after', [1, 2]),
    gate('again', [1, 2]),
    gate('after', [1]),
  ]);
  expect(slow.code, slow.result.verdict.sentence).toBe(1);
  expect(slow.result.noise).toMatchObject({ pairs: 2 });
  const served = { name: `raw at ${new URL(url).host}`, options: {} };
  expect(slow.result.scenarios[0]!.strategies).toEqual({ base: served, head: served });
  expect(same.code, same.result.verdict.sentence).toBe(0);
  // As the page has it for a bench, whose folders hold several repetitions.
  expect(single.code).toBe(3);
  expect(single.result.verdict.advice).toContain('--base-run before-1 --base-run before-2');
});
