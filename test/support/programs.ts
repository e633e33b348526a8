import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'vitest';

/** How to get a program that a test runs for real. */
const howToGet = {
  caddy: 'apt-get install caddy',
  chromium: 'apt-get install chromium',
  curl: 'apt-get install curl',
  haproxy: 'apt-get install haproxy',
  jq: 'apt-get install jq',
  nginx: 'apt-get install nginx',
  prometheus: 'apt-get install prometheus',
  promtool: 'apt-get install prometheus',
  python3: 'apt-get install python3',
  'systemd-analyze': 'apt-get install systemd',
} as const;

const told = new Set<string>();

/**
 * A test that needs a program. Without it, the test is skipped with a line that says what is missing;
 * where all must be there (FAIRLEAD_REQUIRE_ALL=1), it fails instead.
 */
export function testWith(program: keyof typeof howToGet) {
  if (isInstalled(program)) return test;
  if (process.env['FAIRLEAD_REQUIRE_ALL'] === '1') {
    return ((name: string) =>
      test(name, () => {
        throw new Error(`${program} is not installed; ${howToGet[program]}`);
      })) as typeof test;
  }
  if (!told.has(program)) process.stderr.write(`skipped: needs ${program}; ${howToGet[program]}\n`);
  told.add(program);
  return test.skip as typeof test;
}

export function pathOf(program: keyof typeof howToGet): string {
  return spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim();
}

function isInstalled(program: keyof typeof howToGet): boolean {
  const path = pathOf(program);
  return path !== '' && existsSync(path);
}
