import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { balancers } from '../../deploy/registry.ts';
import { testWith } from '../support/programs.ts';
import { repository } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const page = readFileSync(join(repository, 'docs/export.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => match[1]!);

describe('the commands of docs/export.md do what it says:', () => {
  for (const [index, block] of blocks.entries()) {
    const needed = balancers.map(({ program }) => program.name);
    const all = needed.every((name) => spawnSync('which', [name]).status === 0);
    const test = testWith(all ? 'nginx' : (needed[0] as 'caddy'));

    test(`block ${index + 1}`, () => {
      const folder = temporaryFolder();
      const npx = `npx() { shift; ${process.execPath} ${join(repository, 'bin/fairlead.js')} "$@"; }`;
      const config =
        'echo "replicas: [http://127.0.0.1:8001, http://127.0.0.1:8002]" > fairlead.yaml';
      const { status, stderr, stdout } = spawnSync('bash', ['-ec', `${npx}\n${config}\n${block}`], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, HOME: folder },
      });
      expect(status, `${stderr}${stdout}`).toBe(0);
      const listed = block.includes('export list') ? balancers : [];
      for (const { name, policies } of listed) {
        for (const policy of policies)
          expect(stdout).toMatch(new RegExp(`^${name} +${policy.name} `, 'm'));
      }
    });
  }
});
