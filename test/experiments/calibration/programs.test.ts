import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ValidationRow } from '../../../experiments/calibration/validation-row.ts';
import { calibrationData, hasCalibrationData } from '../../support/calibration-data.ts';

const root = new URL('../../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'fairlead-calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'scripts', script), ...args], {
    encoding: 'utf8',
  });
}

/** Times that have nothing to do with what the steps hold. */
function writeNonsense(): void {
  const columns = 'gpu,vllm,model,tp,dtype,kind,n_prefill,prefill_tokens';
  const rows = Array.from({ length: 60 }, (_, i) => {
    const kind = ['decode', 'prefill', 'mixed'][i % 3]!;
    const [prompts, tokens] = kind === 'decode' ? [0, 0] : [1, 16 * (1 + (i % 7))];
    const batch = kind === 'prefill' ? 0 : 1 + (i % 5);
    return { kind, prompts, tokens, batch, ms: 10 + ((i * 37) % 90) };
  });
  const about = 'RTX4090,0.19.0,Llama-3.1-8B,1,bf16';
  const composed = rows.map(
    ({ kind, prompts, tokens, batch, ms }) =>
      `${about},${kind},${prompts},${tokens},${tokens ** 2},${batch},64,${ms}`,
  );
  const measured = rows.map(
    ({ kind, prompts, tokens, batch, ms }) =>
      `${about},${kind},${prompts},${tokens},0,${batch},64,${ms}`,
  );
  const write = (file: string, header: string, lines: readonly string[]) =>
    writeFileSync(join(folder, file), `${header}\n${lines.join('\n')}\n`);
  write('step_aic_vllm_composed.csv', `${columns},prefill_sq,batch,ctx,t_ms`, composed);
  write('step_llmservingsim_composed.csv', `${columns},kv_prefill,batch,ctx,t_ms`, measured);
  write(
    'e2e_llmservingsim_requests.csv',
    'queued_s,input_toks,output_toks,ttft_ms,tpot_ms,e2e_ms',
    ['0,100,10,50,15,200', '1,100,10,50,15,200'],
  );
}

describe.each(['validate.mjs', 'fit.mjs'])('%s', (script) => {
  test('says in one line that there are no data', () => {
    const { status, stderr, stdout } = run(script, '--data', join(folder, 'nothing-here'));
    expect(status).toBe(64);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('nothing-here')]);
    expect(stderr).toContain('--data');
  });

  test('says in one line that it does not know an option', () => {
    const { status, stderr } = run(script, '--dta', folder);
    expect(status).toBe(64);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('--dta')]);
  });
});

test('validate.mjs says in one line that it has no such part', () => {
  const { status, stderr } = run('validate.mjs', '--only', 'nothing');
  expect(status).toBe(64);
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('--only published')]);
});

test('what is built stays as it is, since others use it meanwhile', () => {
  const builtMs = () => statSync(join(root, 'dist/bundle')).mtimeMs;
  const beforeMs = builtMs();
  expect(run('validate.mjs', '--only', 'calibration', '--data', folder).status).toBe(64);
  expect(builtMs()).toBe(beforeMs);
});

test('data that fit no model fail the validation', () => {
  writeNonsense();
  const only = ['--only', 'calibration', '--data', folder];
  const { status, stdout, stderr } = run('validate.mjs', '--json', ...only);
  expect(status).toBe(1);
  expect(stderr).toContain(folder);
  const rows = JSON.parse(stdout) as ValidationRow[];
  expect(rows.some(({ ok }) => !ok)).toBe(true);
});

describe.skipIf(!hasCalibrationData)('the measurements', () => {
  test('are met within every limit', () => {
    const only = ['--only', 'calibration', '--data', calibrationData];
    const { status, stdout, stderr } = run('validate.mjs', '--json', ...only);
    const rows = JSON.parse(stdout) as ValidationRow[];
    expect(rows.filter(({ ok }) => !ok)).toEqual([]);
    expect(status).toBe(0);
    expect(stderr).toContain(calibrationData);
    expect(rows.filter(({ name }) => name.startsWith('decode step')).length).toBe(74);
    for (const { value, limit, ok } of rows) expect(ok).toBe(Math.abs(value) <= limit);
  });

  test('give the committed profiles', () => {
    const { status, stderr } = run('fit.mjs', '--check', '--data', calibrationData);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
