import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

// What an import says of a trace is what is in the file, and what the scenario of it shows.

/** Fifty conversations of six turns, of twenty tokens each for question and answer. */
const conversations = JSON.stringify(
  Array.from({ length: 50 }, (_, index) => ({
    id: `talk-${index}`,
    conversations: Array.from({ length: 12 }, (_, at) => ({
      from: at % 2 === 0 ? 'human' : 'gpt',
      value: 'word'.repeat(20),
    })),
  })),
);

test('conversations have the sessions they name, and share what was said before', async () => {
  const cwd = folderWith({ 'talks.json': conversations });
  const made = await runFairlead(['scenario', 'import', 'talks.json'], { cwd });
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toContain('prefixes: 69.4 % of the prompt tokens');
  expect(made.stdout).toContain('50 sessions, as the rows name them\n');
  expect(made.stdout).not.toContain('append rule');
  const shown = await runFairlead(['scenario', 'show', 'talks.yaml'], { cwd });
  expect(shown.stdout).toContain('would find 69.4 % of the prompt tokens');
});

test('an imitation of a trace without times says that its prompts share nothing', async () => {
  const cwd = folderWith({ 'talks.json': conversations });
  const { stdout } = await runFairlead(['scenario', 'import', 'talks.json', '--fit'], { cwd });
  const note = 'Prompts share nothing here: without times, nothing tells when a session goes on.';
  expect(stdout).toContain(`\n  ${note}\n`);
  expect(readFileSync(join(cwd, 'talks.yaml'), 'utf8')).toContain(`\n# ${note}\n`);
});

test('a mean of few tokens is not rounded before it is told', async () => {
  const head = 'TIMESTAMP,ContextTokens,GeneratedTokens';
  const rows = [27, 27, 28, 28].map((tokens, row) => `2023-11-16 18:00:0${row}.0,1000,${tokens}`);
  const cwd = folderWith({ 'code.csv': [head, ...rows].join('\n') });
  const { stdout } = await runFairlead(['scenario', 'import', 'code.csv'], { cwd });
  expect(stdout).toContain('answer tokens: mean 27.5, ');
});
