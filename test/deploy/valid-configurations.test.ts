import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe } from 'vitest';
import { balancers } from '../../deploy/registry.ts';
import { balancerSettings } from '../support/balancer-settings.ts';
import { pathOf, testWith } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.each(balancers)('$name', (balancer) => {
  const { file, program } = balancer;
  const binary = program.name as 'nginx' | 'haproxy' | 'caddy';

  testWith(binary)('takes every configuration that is written for it', () => {
    const folder = temporaryFolder();
    const path = join(folder, file);
    const check = [...program.checkArguments(path)];
    fc.assert(
      fc.property(balancerSettings(balancer, folder), (setting) => {
        const text = balancer.write(setting);
        writeFileSync(path, text);
        const { status, stderr, stdout } = spawnSync(pathOf(binary), check, {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
        });
        if (status !== 0) throw new Error(`${stderr}${stdout}\n${text}`);
        if (/\b(WARN|warn|alert)/i.test(stderr)) throw new Error(`${stderr}\n${text}`);
      }),
      { numRuns: 40 },
    );
  });
});
