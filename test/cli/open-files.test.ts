import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openFilesWarning } from '../../cli/open-files.ts';
import { repository } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const program = join(repository, 'bin/fairlead.js');

const limits = (
  most: number | string,
) => `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            ${most}              1048576              files
`;

test('it warns exactly when the connections do not fit', () => {
  expect(openFilesWarning(10_000, 4, limits(20_072))).toBeUndefined();
  expect(openFilesWarning(10_000, 4, limits(20_071))).toBe(
    'limits.connections: 10000 connections need 20072 open files, and this process may have 20071. Raise it to 20072 (LimitNOFILE= of systemd, --ulimit of docker, ulimit -Hn of a shell), or write "limits: { connections: 9999 }".',
  );
});

test('whoever follows either advice is not warned again', () => {
  const counts = [fc.nat(1_000_000), fc.nat(1_000), fc.nat(100_000)] as const;
  const property = fc.property(...counts, (connections, replicas, most) => {
    const warning = openFilesWarning(connections, replicas, limits(most));
    if (warning === undefined) return;
    const raised = Number(/Raise it to (\d+)/.exec(warning)![1]);
    expect(openFilesWarning(connections, replicas, limits(raised))).toBeUndefined();
    const fitting = /connections: (\d+) \}/.exec(warning)?.[1];
    if (fitting === undefined) return;
    expect(openFilesWarning(Number(fitting), replicas, limits(most))).toBeUndefined();
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('nobody says how many: nothing is said', () => {
  for (const text of ['', limits('unlimited')]) {
    expect(openFilesWarning(10_000, 4, text)).toBeUndefined();
  }
});

test.runIf(process.platform === 'linux')('a proxy says it at its start', () => {
  // It ends by itself, because it cannot listen at an address that is not its own (RFC 5737).
  const config = 'replicas: [http://127.0.0.1:9]\nlisten: { host: 192.0.2.1, port: 0 }\n';
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', 'ulimit -n 1000; exec "$0" "$@"', process.execPath, program, 'proxy', 'fairlead.yaml'],
    { cwd: folderWith({ 'fairlead.yaml': config }), encoding: 'utf8', timeout: 30_000 },
  );
  expect(stderr).toContain('need 20066 open files, and this process may have 1000');
  expect(stderr).toContain('[LISTEN_FAILED]');
  expect(status).toBe(64);
});
