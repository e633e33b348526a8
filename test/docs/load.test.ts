import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRawServer } from '../loadgen/support/raw-server.ts';
import { repository, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const page = readFileSync(join(repository, 'docs/load.md'), 'utf8');

test('the commands of docs/load.md run', async () => {
  const url = await startRawServer({ firstMs: 5, gapMs: 1 });
  const block = /```sh\n([\s\S]*?)```/.exec(page)![1]!;
  const commands = block.trim().split('\n');
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    const args = command.replace('http://127.0.0.1:8000', url).split(' ').slice(2);
    // As written, but not for so long.
    const short = [...args, '--warmup', '1s', '--duration', '1s', '--out', 'out', '--json'];
    const { code, stderr, stdout } = await runFairlead(short, { cwd: temporaryFolder() });
    expect([0, 3], stderr).toContain(code);
    expect(JSON.parse(stdout).meta.simulated).toBe(false);
  }
});

test('every option of docs/load.md exists', async () => {
  const { stdout } = await runFairlead(['load', '--help']);
  const options = new Set([...page.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option));
  expect(options.size).toBeGreaterThan(10);
  for (const option of options) expect(stdout).toContain(option);
});
