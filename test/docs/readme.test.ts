import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testWith } from '../support/programs.ts';
import { repository } from '../support/run-fairlead.ts';
import { loadScenario } from '../support/scenarios.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');

function codeBlocks(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...text.matchAll(fence)].map((match) => match[1]!);
}

test('the README can be read in one sitting', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(150);
});

describe('every command of the README works as it stands:', () => {
  const commands = codeBlocks(readme, 'sh').flatMap((block) =>
    block.split('\n').filter((line) => line.startsWith('npx fairlead')),
  );
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) {
    testWith('jq')(command, () => {
      const { status, stderr } = spawnSync('sh', ['-ec', command], {
        cwd: repository,
        encoding: 'utf8',
      });
      // 1 is an answer: the SLO is missed.
      expect([0, 1], stderr).toContain(status);
    });
  }
});

test('the scenario in the README is valid', () => {
  for (const yaml of codeBlocks(readme, 'yaml')) expect(loadScenario(yaml).fleet).toHaveLength(2);
});

test('every link in our pages leads somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md'].concat(
    readdirSync(join(repository, 'docs'), { encoding: 'utf8', recursive: true })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  );
  const dead = pages.flatMap((page) => {
    const text = readFileSync(join(repository, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!);
    return targets.filter((target) => !existsSync(join(repository, page, '..', target)));
  });
  expect(dead).toEqual([]);
});
