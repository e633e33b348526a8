import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planSchema } from '../../reports/plan.ts';
import { repository, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyScenarioIn } from '../support/tiny-scenario.ts';

const page = readFileSync(join(repository, 'docs/plan.md'), 'utf8');
const commands = [...page.matchAll(/^npx fairlead (plan .*)$/gm)].map(([, line]) => line!);

/** As written, but for traffic that takes no time. */
async function run(command: string, ...more: readonly string[]) {
  const cwd = temporaryFolder();
  const tiny = command.replace(/azure-chat|diurnal-day/, tinyScenarioIn(cwd));
  const words = [...tiny.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  return await runFairlead([...words, '--seeds', '3', ...more], { cwd });
}

test.each(commands)(
  'fairlead %s',
  async (command) => {
    const { code, stderr, stdout } = await run(command);
    expect([0, 1, 2], stderr).toContain(code);
    expect(stderr).toBe('');
    if (!command.includes('--json')) expect(stdout).toMatch(/^\n {2}\S/);
    else expect(planSchema.parse(JSON.parse(stdout)).meta.run.command).toContain('fairlead plan');
  },
  120_000,
);

test('no fleet is exit code 1, and what nobody understands is 64', async () => {
  const none = await run(commands[0]!, '--slo', 'ttft.p99 < 1ms', '--gpus', 'L40S');
  expect([none.code, none.stderr]).toEqual([1, '']);
  expect(none.stdout).toContain('alone with one request');
  const unknown = await run(commands[0]!, '--gpus', 'L40X');
  expect(unknown.code).toBe(64);
  expect(unknown.stderr).toContain('Did you mean "L40"');
  const few = await run(commands[0]!, '--rate', '2000', '--max-replicas', '2');
  expect(few.code, few.stderr).toBe(1);
  expect(few.stdout).toContain('No fleet of up to 2 replicas');
}, 120_000);
