import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { program, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lastingPart, tinyScenarioIn } from '../support/tiny-scenario.ts';

const env = { FAIRLEAD_STORE: join('runs', 'store') };

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
}

test('a comparison asked again is answered without a run, with the same bytes', async () => {
  const cwd = temporaryFolder();
  const args = ['compare', tinyScenarioIn(cwd), '--seeds', '5', '--json', '--out', 'out'];
  const first = await runFairlead(args, { cwd, env });
  expect(first.stderr).toBe('');
  const page = readFileSync(join(cwd, 'out/report.html'), 'utf8');
  const again = await runFairlead(args, { cwd, env });
  expect(again.stderr).toBe('20 of 20 runs were there (runs/store).\n');
  expect(lastingPart(again.stdout)).toBe(lastingPart(first.stdout));
  expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toBe(page);

  writeFileSync(join(cwd, 'out/report.html'), 'something else');
  const more = await runFairlead([...args, '--seeds', '6', '-s', 'random'], { cwd, env });
  expect(more.stderr).toBe('5 of 6 runs were there (runs/store).\n');
  expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain('</html>');

  const anew = await runFairlead([...args, '--no-store'], { cwd, env });
  expect(anew.stderr).toBe('');
  expect(lastingPart(anew.stdout)).toBe(lastingPart(first.stdout));
});

test('what is damaged in the store is told of and made again', async () => {
  const cwd = temporaryFolder();
  const args = ['compare', tinyScenarioIn(cwd), '-s', 'random', '-n', '4', '--json'];
  const first = await runFairlead(args, { cwd, env });
  const kept = filesIn(join(cwd, 'runs/store')).filter((path) =>
    readFileSync(path, 'utf8').includes('ttftP99Ms'),
  );
  expect(kept).toHaveLength(4);
  truncateSync(kept[0]!, 100);
  writeFileSync(kept[1]!, readFileSync(kept[2]!));
  const again = await runFairlead(args, { cwd, env });
  expect(again.stderr).toMatch(/it is damaged\. It is not used\.$/m);
  expect(again.stderr).toMatch(/it answers another question\. It is not used\.$/m);
  expect(again.stderr).toMatch(/^2 of 4 runs were there/m);
  expect(lastingPart(again.stdout)).toBe(lastingPart(first.stdout));
  const third = await runFairlead(args, { cwd, env });
  expect(third.stderr).toBe('4 of 4 runs were there (runs/store).\n');
});

test('a store that cannot be written costs a line and nothing else', async () => {
  const cwd = temporaryFolder();
  const args = ['compare', tinyScenarioIn(cwd), '-s', 'random', '-n', '4', '--json', '-o', 'out'];
  const { code, stderr, stdout } = await runFairlead([...args, '--store', '/proc/nowhere'], {
    cwd,
  });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^\/proc\/nowhere.*Finished runs are not kept\.\n$/);
  const anew = await runFairlead([...args, '--no-store'], { cwd });
  expect(lastingPart(stdout)).toBe(lastingPart(anew.stdout));
});

test('a shard that cannot keep its runs says so, and stops', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'file'), '');
  const args = ['compare', tinyScenarioIn(cwd), '--shard', '1/2', '--out', join('file', 'below')];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain('OUTPUT_NOT_WRITABLE');
});

test('Ctrl-C loses no run that has ended', async () => {
  const cwd = temporaryFolder();
  const store = join(cwd, 'runs/store');
  const args = ['compare', tinyScenarioIn(cwd), '--seeds', '30', '--json'];
  const options = { cwd, env: { ...process.env, ...env }, stdio: 'ignore' } as const;
  const child = spawn(process.execPath, [program, ...args], options);
  const exited = new Promise((resolve) => child.on('exit', resolve));
  while (!existsSync(store) || filesIn(store).length < 4) await sleep(5);
  child.kill('SIGINT');
  await exited;
  const kept = filesIn(store).filter((path) => readFileSync(path, 'utf8').includes('ttftP99Ms'));
  expect(kept.length).toBeGreaterThanOrEqual(3);
  const again = await runFairlead(args, { cwd, env });
  expect(again.stderr).toBe(`${kept.length} of 120 runs were there (runs/store).\n`);
});

test.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/99999'])('--shard %s is refused', async (shard) => {
  const { code, stderr } = await runFairlead(['compare', 'azure-chat', '--shard', shard]);
  expect(code).toBe(64);
  expect(stderr).toContain('Write 1/4 to 4/4');
});
