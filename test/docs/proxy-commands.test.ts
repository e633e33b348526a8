import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { beginStream, event, startUpstream } from '../proxy/support/upstream.ts';
import { repository } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const page = readFileSync(join(repository, 'docs/proxy.md'), 'utf8');

function blocksOf(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...page.matchAll(fence)].map(([, block]) => block!);
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `npx` as it is in a clone, from any folder; as the process that gets the signals. */
const npx = `#!/bin/sh
shift
exec ${process.execPath} ${join(repository, 'bin/fairlead.js')} "$@"
`;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, folder: string): Promise<Ran> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

test('whoever types what docs/proxy.md says has a proxy', { timeout: 60_000 }, async () => {
  const upstreams = await Promise.all(
    [1, 2].map(() =>
      startUpstream((got) => {
        beginStream(got);
        got.response.write(event('Hi'));
        got.response.end('data: [DONE]\n\n');
      }),
    ),
  );
  const [clients, admin] = [await freePort(), await freePort()];
  const [first, second] = upstreams.map(({ url }) => url.split(':').at(-1)!);
  const ports = { 8001: first!, 8002: second!, 8080: String(clients), 9901: String(admin) };
  const withPorts = (text: string) =>
    Object.entries(ports).reduce(
      (before, [from, to]) => before.replaceAll(`:${from}`, `:${to}`),
      text,
    );
  const minimal = blocksOf('yaml')[0]!;
  const config = `${withPorts(minimal)}listen: { port: ${clients} }\nadmin: { port: ${admin} }\n`;
  const folder = folderWith({ 'fairlead.yaml': config, npx });
  const commands = blocksOf('sh').map(withPorts).join('\n');
  const ran = await run(
    `chmod +x npx\ntrap 'kill $(jobs -p)' EXIT\n${commands}\ntrap - EXIT\nkill %1\nwait %1`,
    folder,
  );
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  const { code, stderr, stdout } = ran;
  expect([code, stderr]).toEqual([0, expect.stringContaining('fairlead.yaml is right')]);
  const said = /`(clients: [^`]+)` and `(admin: [^`]+)`/.exec(page)!.slice(1).map(withPorts);
  for (const line of said) expect(stderr).toContain(line);
  expect(stdout).toContain(event('Hi'));
  expect(stdout).toContain('fairlead_requests_total{');
  expect(stdout).toContain('"reason": "first"');
  expect(stdout).toContain('takes nothing new');
  expect(stdout).toContain('has the weight 2');
  expect(stdout).toContain('Read again: 2 replicas, least-requests.');
  expect(stdout).not.toContain('"error"');
  expect(readFileSync(join(folder, 'key.txt'), 'utf8')).toMatch(/^[0-9a-f]{48}\n$/);
  expect(stdout).toMatch(/^[0-9a-f]{64}$/m);
});
