import { expect, test } from 'vitest';
import { complaintAbout, complaintOf, type Slip, validYaml } from '../support/complaints.ts';

const arrivals = '    arrivals: { kind: poisson, rate: 24 }\n';
const input = '    input: { kind: constant, tokens: 512 }\n';
const lengths = `${input}    output: { kind: constant, tokens: 128 }\n`;
const job = (more = '') =>
  `    job: { kind: conversation, turns: 4, question: 50, answer: 300${more} }\n`;
const surge = (tenant: number, until: string) =>
  `    population: { tenants: 5, surges: [{ tenant: ${tenant}, share: 0.4, from: 10m, until: ${until} }] }\n`;
const added = (line: string) => `${lengths}    ${line}\n`;

const slips: readonly Slip[] = [
  [
    arrivals,
    `${arrivals}    users: { users: 8 }\n`,
    '11:12 traffic[0].users',
    'there are arrivals already.',
    'Leave one of them out.',
  ],
  [
    arrivals,
    '',
    '9:5 traffic[0].arrivals',
    'it is missing; expected a block of keys.',
    'Write for example "arrivals: {kind: poisson, rate: 16}".',
  ],
  [
    lengths,
    `${job()}${input}`,
    '12:12 traffic[0].input',
    'the job says how long its requests are.',
    'Leave this out.',
  ],
  [
    lengths,
    `${job()}    lengths: [[1, 2]]\n`,
    '12:14 traffic[0].lengths',
    'the job says them.',
    'Leave this out.',
  ],
  [
    lengths,
    `${job()}    prefix: [{ tokens: 9 }]\n`,
    '12:13 traffic[0].prefix',
    'a job has a prefix of its own.',
    'Write it there.',
  ],
  [
    lengths,
    '    job: { kind: conversaton, turns: 4, question: 50, answer: 300 }\n',
    '11:18 traffic[0].job.kind',
    'there is no kind "conversaton".',
    'Did you mean "conversation"?',
  ],
  [
    lengths,
    '    job: { kind: agents, task: 9, rounds: 2, agents: 5000, branch: 2, answer: 1 }\n',
    '11:54 traffic[0].job.agents',
    'found 5000, expected at most 1000.',
    'Write for example "agents: 4".',
  ],
  [
    lengths,
    job(', think: 45'),
    '11:76 traffic[0].job.think',
    'found 45, expected a duration with its unit, from 0us to 24h.',
    'Write for example "think: 45s".',
  ],
  [
    lengths,
    job(', think: { median: 45s }'),
    '11:76 traffic[0].job.think.sigma',
    'it is missing; expected a number.',
    'Write for example "sigma: 1.2".',
  ],
  [
    lengths,
    job(', think: { mean: 45s, sd: 4s, min: 1h, max: 1m }'),
    '11:76 traffic[0].job.think',
    'min 1h is more than max 1m.',
  ],
  [
    lengths,
    `${lengths}${surge(7, '13m')}`,
    '13:50 traffic[0].population.surges[0].tenant',
    'there are 5 tenants, so none is number 7.',
  ],
  [
    lengths,
    `${lengths}${surge(5, '3m')}`,
    '13:83 traffic[0].population.surges[0].until',
    '3m does not come after 10m.',
  ],
  [
    arrivals,
    `    users: { users: 4 }\n${surge(5, '13m')}`,
    '11:39 traffic[0].population.surges',
    'when users come depends on the answers, so who they are must not depend on the time.',
    'Write arrivals, or leave this out.',
  ],
  [
    lengths,
    added('population: { tenants: 9 }\n    prefix: [{ tokens: 9, choices: 3 }]'),
    '14:14 traffic[0].prefix[0]',
    'with a population each of its tenants has a text of this level to itself.',
    'Leave choices and zipf out.',
  ],
  [
    lengths,
    added('prefix: [{ tokens: 9, choices: 100000 }, { tokens: 9, choices: 100000 }]'),
    '13:68 traffic[0].prefix[1].choices',
    'this makes more than 1 billion texts.',
    'Write fewer choices.',
  ],
  [
    lengths,
    added('client: { retry: 2 }'),
    '13:15 traffic[0].client.retry',
    'there is no key "retry" here.',
    'Known: timeout, firstTokenTimeout, retries, backoff, abortShare, abortAfter, readTokensPerS.',
  ],
  [
    lengths,
    added('slo: [ttft.p99 < 2s]'),
    '15:6 slo',
    "every tenant has an slo of its own, so this is nobody's.",
    'Leave one of them out.',
  ],
];

test.each(slips)(
  'traffic that cannot be is answered with what can: "%s" as "%s"',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);

test('an entry cannot be called as one of the population of another', () => {
  const population = `${lengths}    population: { tenants: 9 }\n`;
  const named = (name: string) =>
    validYaml.replace(lengths, `${population}  - tenant: ${name}\n${arrivals}${lengths}`);
  expect(complaintOf(named('chat-7')).message).toBe(
    'slip.yaml:14:13 traffic[1].tenant: "chat-7" is already one of the population of "chat". Write another name.',
  );
  expect(() => complaintOf(named('chat-10'))).toThrow('there was no complaint');
});
