import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, runFairlead } from '../support/run-fairlead.ts';

const page = readFileSync(join(repository, 'docs/labs.md'), 'utf8');
const shown = [...page.matchAll(/^```console\n\$ fairlead (.*)\n([\s\S]*?)^```/gm)].map(
  ([, command, output]) => [command!, output!] as const,
);
const shownWith = shown.filter(([, output]) => output !== '');

/** Times and counts differ from run to run; what is said of them does not. */
function withoutFigures(text: string): string {
  return text
    .replaceAll(/ *\d[\d.]*/g, ' #')
    .replaceAll(/nothing was sent to it after the kill|the last of # attempts went[^.]*/g, '…');
}

test('the page shows each lab, and one that fails', () => {
  expect(shown.map(([command]) => command.split(' ')[1])).toEqual([
    ...['spread', 'failover', 'failover', 'rate-limit'],
  ]);
});

// They wait for most of their time.
describe.concurrent('as the page shows it:', () => {
  test.each(shownWith)('fairlead %s', async (command, output) => {
    const { code, stdout } = await runFairlead(command.split(' '));
    expect(withoutFigures(stdout)).toBe(withoutFigures(output));
    expect(code).toBe(0);
  });

  test('without a budget for retries failover fails', async () => {
    const { code, stdout } = await runFairlead(['lab', 'failover', '--budget', '0']);
    expect(stdout).toMatch(/NO {3}every request that was not yet streaming/);
    expect(stdout).toMatch(/yes {2}every stream that was cut ends with an error event/);
    expect(code).toBe(1);
  });
});
