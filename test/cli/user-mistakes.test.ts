import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenarioText } from '../../scenarios/library.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { text: azureChat } = readScenarioText('azure-chat');

/** What a slip of the keyboard makes of the default scenario, and what the user must read then. */
const slips: [what: string, from: string, to: string, message: RegExp][] = [
  [
    'a YAML syntax error',
    'replicas: 4',
    'replicas: [4',
    /^slip\.yaml:\d+:\d+ not valid YAML: .+ Write "key: value", /,
  ],
  [
    'an unknown key',
    'warmup: 2m',
    'warmpu: 2m',
    /^slip\.yaml:\d+:1 warmpu: there is no key "warmpu" here\. Did you mean "warmup"\?/,
  ],
  [
    'no replicas',
    'replicas: 4',
    'replicas: 0',
    /^slip\.yaml:\d+:15 fleet\[0\]\.replicas: found 0, expected at least 1\. Write .*"replicas: 4"/,
  ],
  [
    'a load that is not a number',
    'load: 0.75',
    'load: NaN',
    /^slip\.yaml:\d+:11 traffic\[0\]\.load: found "NaN", expected a number\. Write .*"load: 0\.75"/,
  ],
  [
    'prompts that no engine takes',
    'input: { kind: preset, name: azure-chat-input }',
    'input: 200000',
    /^slip\.yaml:\d+:12 traffic\[0\]\.input: no engine takes .* of 200 has 200\d+ tokens .* 131072\. /,
  ],
  [
    'a model too large for its GPU',
    'model: Llama-3.1-8B',
    'model: Llama-3.1-70B',
    /^slip\.yaml:\d+:5 fleet\[0\]: Llama-3\.1-70B on 1 × A100-80GB-SXM: the weights leave no memory/,
  ],
];

test.each(slips)('%s is answered with exit code 64 and one clear message', async (...slip) => {
  const [, from, to, message] = slip;
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'slip.yaml'), azureChat.replace(from, to));
  const { code, stdout, stderr } = await runFairlead(['compare', 'slip.yaml'], { cwd });
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('what would come after the end of the run is refused', async () => {
  const cwd = temporaryFolder();
  const { text } = readScenarioText('tenant-skew');
  const short = text.replace(/duration: \S+/, 'duration: 1m');
  writeFileSync(join(cwd, 'short.yaml'), short);
  const { code, stderr } = await runFairlead(['scenario', 'validate', 'short.yaml'], { cwd });
  expect(code).toBe(64);
  expect(stderr).toMatch(/surges\[0\]\.from: it would begin at 10m, and the run ends at 3m\. /);
});

const mistakes: [args: string[], message: RegExp][] = [
  [
    ['compare', 'no-such-scenario'],
    /^no-such-scenario: neither a file nor .* Known: agentic-coding, .*azure-chat, /,
  ],
  [['compare', 'azure-cht'], /Did you mean "azure-chat"\?/],
  [['compare', '/'], /this is a folder/],
  [['compare', 'http://127.0.0.1:1/x.yaml'], /could not be fetched/],
  [['simulate', 'azure-chat', '-s', 'random', '-s', 'round-robin'], /takes one --strategy\. /],
  [['compare', 'azure-chat', '-s', 'weighted-scorers:weights={queue: 1'], /expected a value as in/],
  [['compare'], /missing required argument 'scenario'/],
  [['compare', 'azure-chat', '--seeds', '0'], /Write a whole number from 1 to 10000, not "0"/],
  [['compare', 'azure-chat', '--sedes', '3'], /Did you mean --seeds\?/],
  [['compare', 'azure-chat', '--strategy', 'fastest'], /there is no strategy "fastest"/],
  [['compare', 'azure-chat', '-s', 'random:x=1'], /--strategy random:x=1: .*"x".* Options: none/],
  [
    ['compare', 'azure-chat', '--by', 'ttft'],
    /Did you mean "ttftP50Ms" or "ttftP99Ms" or "ttftP999Ms"\?/,
  ],
  [['strategy', 'show', 'round-robbin'], /Did you mean "round-robin"\?/],
  [['hardware', 'show', 'H100-SMX'], /there is no GPU .*Did you mean "H100-SXM"\?/],
  [['model', 'show', 'gpt-oss'], /Did you mean "gpt-oss-120b" or "gpt-oss-20b"\?/],
  [['report', 'no/such/run'], /no result of Fairlead here/],
  [['cmpare'], /there is no command "cmpare"\. Did you mean "compare"\?/],
];

test.each(mistakes)('fairlead %j explains itself and exits with 64', async (args, message) => {
  const { code, stdout, stderr } = await runFairlead(args);
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.runIf(existsSync('/proc/self'))('a folder that nobody can make is named', async () => {
  const args = ['scenario', 'show', 'azure-chat', '--html', '/proc/no-such/folder/page.html'];
  const { code, stderr } = await runFairlead(args);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^\/proc\/no-such\/folder\/page\.html: cannot be written \(ENOENT/);
});

test('a folder that cannot be written is named', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'occupied'), '');
  const small = azureChat.replace('duration: 10m', 'duration: 10s').replace('2m', '1s');
  writeFileSync(join(cwd, 'small.yaml'), small);
  const args = ['compare', 'small.yaml', '--seeds', '2', '--out', 'occupied'];
  const { code, stderr } = await runFairlead(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toMatch(/^occupied.* cannot be written .* Choose another place with --out\./);
});
