import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { strategyChoice } from '../../cli/strategy-choice.ts';
import { strategies } from '../../strategies/registry.ts';
import { repository } from '../support/run-fairlead.ts';

const page = readFileSync(join(repository, 'docs/strategies.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)![1]!;
}

test('options are written on the command line as the page says', () => {
  const given = [...block('sh').matchAll(/-s (?:'(.+?)'|(\S+))/g)].map(([, a, b]) => a ?? b!);
  expect(given).toHaveLength(2);
  const choices = given.flatMap((text) => strategyChoice(text));
  expect(choices[1]!.options).toEqual({ weights: { queue: 1, prefix: 2 }, picker: 'weighted' });
});

test('options are written in a scenario as the page says', () => {
  const listed = (parse(block('yaml')) as { strategies: (string | { name: string })[] }).strategies;
  for (const one of listed) {
    const given = typeof one === 'string' ? { name: one } : one;
    const { schema } = strategies.find(({ name }) => name === given.name)!;
    expect(schema.safeParse(given).success).toBe(true);
  }
});

test('what must be chosen by name is named', () => {
  expect(page).toContain('Values: max-score, weighted, random.');
  expect(page).not.toContain('Values: .');
  expect(page).toContain('`prefix`: Much of the same prompt sent there before.');
});
