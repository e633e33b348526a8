import { describe, expect, test } from 'vitest';
import { complaintOf, validYaml } from '../support/complaints.ts';
import { loadScenario, vocabulary } from '../support/scenarios.ts';

describe('a file that is not one YAML document', () => {
  test.each([
    ['a list left open', 'replicas: 4', 'replicas: [4', 8],
    ['a quote left open', 'model: Llama-3.1-8B', 'model: "Llama-3.1-8B', 16],
    ['a tab as indentation', '    gpu:', '\tgpu:', 6],
    ['a doubled key', 'model: Llama-3.1-8B', 'model: L4\nmodel: L4', 4],
    ['a second document', '', '---\nname: second\n---\n', 3],
    ['a name for nothing', 'model: Llama-3.1-8B', 'model: *llama', 3],
  ])('is refused by the line and column of %s', (_what, from, to, line) => {
    const { code, message } = complaintOf(validYaml.replace(from, to));
    expect(code).toBe('SCENARIO_SYNTAX');
    expect(message).toMatch(new RegExp(`^slip\\.yaml:${line}:\\d+ not valid YAML: \\S`));
  });

  test('is described without the names of our libraries', () => {
    const { message } = complaintOf(`${validYaml}---\n${validYaml}`);
    expect(message).not.toMatch(/parseAllDocuments|YAML\.parse/);
  });
});

describe('a merge key', () => {
  const [head, entry] = validYaml.split('  - tenant: chat\n') as [string, string];
  const [lines, tail] = entry.split('duration');
  const second = '  - <<: *chat\n    tenant: code\n    input: 2_000\n'.replace('_', '');
  const merged = `${head}  - &chat\n    tenant: chat\n${lines}${second}duration${tail}`;

  test('takes over the keys of another block', () => {
    const { traffic } = loadScenario(merged);
    const [chat, code] = traffic;
    expect(code).toEqual({
      ...chat,
      tenant: 'code',
      input: { kind: 'constant', tokens: 2_000 },
    });
  });

  test.each(['<<: 7', '<<: [a]'])('of anything else is explained: %s', (key) => {
    const { code, message } = complaintOf(merged.replace('<<: *chat', key));
    expect([code, message]).toEqual([
      'SCENARIO_SYNTAX',
      expect.stringContaining('what "<<" merges'),
    ]);
  });
});

describe('a file that holds something else', () => {
  test('lists all that is missing when it is empty or nothing but a comment', () => {
    for (const text of ['', '\n\n', '# nothing yet\n', 'null\n']) {
      const { code, message } = complaintOf(text);
      expect(code).toBe('SCENARIO_INVALID');
      const keys = message.split('\n').map((line) => /^slip\.yaml:1:1 (\w+): /.exec(line)?.[1]);
      expect(keys).toEqual(['name', 'summary', 'model', 'fleet', 'traffic']);
    }
  });

  test.each([
    ['- a\n', 'slip.yaml:1:1 found ["a"], expected a block of keys.'],
    ['hello\n', 'slip.yaml:1:1 found "hello", expected a block of keys.'],
    ['7\n', 'slip.yaml:1:1 found 7, expected a block of keys.'],
  ])('is refused for what it is: %j', (text, message) => {
    expect(complaintOf(text).message).toBe(message);
  });

  test('is refused by its size before it is read, when it is huge', () => {
    expect(complaintOf(`${validYaml}#${'x'.repeat(1_000_000)}`).message).toMatch(
      /^slip\.yaml: 1000\d{3} characters; it may have 1000000 at most\.$/,
    );
  });

  test('is refused by its place when it contains itself', () => {
    const text = validYaml.replace('summary: A scenario to misspell.', 'summary: &self [*self]');
    expect(complaintOf(text).message).toMatch(/^slip\.yaml:2:\d+ /);
  });

  test('is refused when it is nested deeper than a stack', () => {
    for (const text of ['['.repeat(200_000), '- '.repeat(200_000), '{a: '.repeat(100_000)]) {
      expect(complaintOf(text).message).toMatch(/^slip\.yaml:/);
    }
  });

  test('is refused quickly when its names multiply into billions of values', () => {
    const lines = Array.from('abcdefgh', (name, index) => {
      const inner = index === 0 ? '0' : `*${'abcdefgh'[index - 1]}`;
      return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
    });
    expect(complaintOf(lines.join('\n')).message).toMatch(/^slip\.yaml:/);
  });
});

test('several mistakes are told at once, in the order of the file', () => {
  const text = validYaml.replace('replicas: 4', 'replicas: 0').replace('rate: 24', 'rate: -1');
  const { message } = complaintOf(text);
  expect(message.split('\n').map((line) => line.slice(0, 15).split(' ')[0])).toEqual([
    'slip.yaml:7:15',
    'slip.yaml:10:38',
  ]);
});

test('JSON is read as well, with the same places in its messages', () => {
  const scenario = {
    name: 'json',
    summary: 'Written by a program.',
    model: 'Llama-3.1-8B',
    fleet: [{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 4 }],
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: 24 },
        input: { kind: 'constant', tokens: 512 },
        output: { kind: 'constant', tokens: 128 },
      },
    ],
  };
  expect(loadScenario(JSON.stringify(scenario)).fleet[0]?.replicas).toBe(4);
  const wrong = JSON.stringify({ ...scenario, model: 'GPT-2' }, null, 2);
  expect(complaintOf(wrong).message).toBe(
    `slip.yaml:4:12 model: there is no model "GPT-2". Known: ${vocabulary.models.join(', ')}.`,
  );
});

test('windows line ends and a byte order mark change nothing', () => {
  const windows = `\ufeff${validYaml.replaceAll('\n', '\r\n')}`;
  expect(loadScenario(windows)).toEqual(loadScenario(validYaml));
});
