import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { balancers } from '../../deploy/registry.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const addresses = 'http://10.0.0.1:8000,http://10.0.0.2:8000';

test.each(balancers)('export $name --help names every policy', async ({ name, policies }) => {
  const { code, stdout } = await runFairlead(['export', name, '--help']);
  expect(code).toBe(0);
  for (const policy of policies) expect(stdout).toContain(policy.summary);
});

test('export list --json has every policy with its strategy', async () => {
  const { stdout } = await runFairlead(['export', 'list', '--json']);
  const listed = JSON.parse(stdout) as { policies: { name: string; equivalent: unknown }[] }[];
  expect(listed.map(({ policies }) => policies.length)).toEqual(
    balancers.map(({ policies }) => policies.length),
  );
  expect(stdout).toContain('"likeness": "picks"');
});

describe('what is to be balanced', () => {
  test('comes from a configuration of the proxy, with its names and its header', async () => {
    const config = `replicas:
  - { name: a100-1, url: http://10.0.0.1:8000 }
  - http://10.0.0.2:8000
sessionHeader: x-chat
`;
    const cwd = folderWith({ 'fairlead.yaml': config });
    const args = [
      'export',
      'haproxy',
      'fairlead.yaml',
      '--policy',
      'hash',
      '-o',
      'out/haproxy.cfg',
    ];
    const { code, stderr, stdout } = await runFairlead(args, { cwd });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('haproxy -c -f out/haproxy.cfg');
    const text = readFileSync(join(cwd, 'out/haproxy.cfg'), 'utf8');
    expect(text).toContain('server a100-1 10.0.0.1:8000 weight 1\n');
    expect(text).toContain('server 10.0.0.2:8000 10.0.0.2:8000 weight 1\n');
    expect(text).toContain('balance hdr(x-chat)');
  });

  test('has the names of a scenario, where addresses are given', async () => {
    const four = Array.from({ length: 4 }, (_, index) => `http://10.0.0.${index + 1}:8000`).join();
    const args = ['export', 'nginx', 'azure-chat', '--replicas', four, '--json'];
    const { code, stdout } = await runFairlead(args);
    expect(code).toBe(0);
    const { text, ...rest } = JSON.parse(stdout) as Record<string, string>;
    expect(text).toContain('server 10.0.0.4:8000 weight=1 max_fails=1 fail_timeout=10s; # a100-4');
    expect(rest).toMatchObject({ balancer: 'nginx', policy: 'least_conn', file: 'nginx.conf' });
    expect(rest['equivalent']).toMatchObject({ name: 'nginx-least-conn', likeness: 'picks' });
  });

  test('may be addresses with weights', async () => {
    const args = [
      'export',
      'nginx',
      '--replicas',
      'http://[::1]:8000=3,http://b',
      '--listen',
      '80',
    ];
    const { stdout } = await runFairlead(args);
    expect(stdout).toContain('server [::1]:8000 weight=3 ');
    expect(stdout).toContain('server b:80 weight=1 ');
    expect(stdout).toContain('listen 0.0.0.0:80 ');
  });
});

test.each<[string[], string]>([
  [['nginx'], 'USAGE'],
  [['nginx', 'azure-chat'], '4 replicas (a100-1, a100-2, a100-3, a100-4), and there are no'],
  [['nginx', 'azure-chat', '--replicas', addresses], 'and there are 2'],
  [['nginx', 'azure-chatt'], 'SCENARIO_NOT_FOUND'],
  [['nginx', '--replicas', 'here'], 'not "here"'],
  [['nginx', '--replicas', 'https://a'], 'EXPORT_UNSUPPORTED'],
  [['nginx', '--replicas', 'http://a=x'], 'EXPORT_UNSUPPORTED'],
  [['caddy', '--replicas', 'http://a=1,http://b=2'], 'caddy has no weights'],
  [['nginx', '--replicas', addresses, '--policy', 'best'], 'least_conn'],
  [['nginx', '--replicas', addresses, '--listen', 'here'], 'not "here"'],
  [['nginx', '--replicas', addresses, '--listen', ':::1:80'], 'EXPORT_UNSUPPORTED'],
  [['traefik'], 'traefik'],
])('export %j is refused with what to write', async (args, said) => {
  const { code, stderr, stdout } = await runFairlead(['export', ...args]);
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toContain(said);
  expect(stderr).not.toContain('fault of Fairlead');
});
