import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testWith } from '../support/programs.ts';
import { repository } from '../support/run-fairlead.ts';
import { startReplicaCommand } from '../support/running-replicas.ts';

const page = readFileSync(join(repository, 'docs/replica.md'), 'utf8');
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
  block!.trim().split('\n'),
);
const commands = lines.filter((line) => line.startsWith('fairlead replica'));
const curls = lines.filter((line) => line.startsWith('curl'));

test('the page has commands to run', () => {
  expect([commands.length, curls.length]).toEqual([4, 8]);
});

test.each(commands)('%s', async (line) => {
  const args = line.split(' ').slice(2);
  const at = args.indexOf('--port');
  if (at >= 0) args.splice(at, 2);
  // The port of the page may be taken where this runs.
  const running = await startReplicaCommand([...args, '--port', '0']);
  const count = Number(args[args.indexOf('--count') + 1] ?? 1);
  expect(running.urls).toHaveLength(args.includes('--count') ? count : args.includes('l4') ? 6 : 1);
  expect(await running.interrupt()).toBe(0);
});

testWith('curl')('what is asked by curl is answered', async () => {
  const running = await startReplicaCommand(['--port', '0']);
  try {
    for (const curl of curls) {
      const line = curl.replace('localhost:8000', running.urls[0]!);
      const { stdout } = await promisify(execFile)('bash', ['-c', `${line} --fail-with-body`]);
      expect(stdout, line).not.toBe('');
    }
  } finally {
    await running.interrupt();
  }
});
