import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { playUrl, steady } from './support/live.ts';
import { wholeAnswer } from './support/scripted-server.ts';

test('https is http over TLS, and a certificate that nobody vouches for is refused', async () => {
  const folder = temporaryFolder();
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'k.pem',
    '-out',
    'c.pem',
  ];
  spawnSync('openssl', [...args, '-days', '1', '-subj', '/CN=localhost'], { cwd: folder });
  const [key, cert] = ['k.pem', 'c.pem'].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key: key!, cert: cert! }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(wholeAnswer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const traffic = { traffic: [steady(20, 2)], warmupUs: 0, mostRequests: 5 };
  const refused = await playUrl(url, traffic);
  expect(refused.failures).toMatchObject([{ name: 'connect', requests: 5 }]);
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  onTestFinished(() => void vi.unstubAllEnvs());
  const run = await playUrl(url, traffic);
  expect([...run.log.rows()].map(({ outcome }) => outcome)).toEqual(Array(5).fill('ok'));
});
