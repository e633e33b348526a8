import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const config = 'replicas: [http://127.0.0.1:9]\nlisten: { host: 127.0.0.1, port: 0 }\n';

test('signals do what docs/proxy.md says, with no log as well', { timeout: 60_000 }, async () => {
  const folder = folderWith({ 'fairlead.yaml': config });
  const path = join(folder, 'fairlead.yaml');
  const args = [join(repository, 'bin/fairlead.js'), 'proxy', 'fairlead.yaml'];
  const child = spawn(process.execPath, args, { cwd: folder });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  let onSaid = () => {};
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    onSaid();
  });
  const hears = (text: string) =>
    new Promise<void>((resolve, reject) => {
      onSaid = () => {
        if (said.includes(text)) resolve();
      };
      child.once('exit', () => reject(new Error(`it ended before "${text}":\n${said}`)));
      onSaid();
    });
  await hears('admin: off, because there is no token');
  child.kill('SIGUSR2');
  writeFileSync(path, config.replace('port: 0', 'port: 1'));
  child.kill('SIGHUP');
  await hears('fairlead.yaml: only a restart changes listen.port.');
  expect(said).toContain('fairlead.yaml was read again: 1 replica by least-requests\n');
  writeFileSync(path, 'replicas: 3\n');
  child.kill('SIGHUP');
  await hears('The configuration before this one stays.');
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(said).toContain('shutting down; streams may go on for 60s');
});
