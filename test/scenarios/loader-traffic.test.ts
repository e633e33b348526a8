import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';

const poisson = 'kind: poisson, rate: 24';
const input = '{ kind: constant, tokens: 512 }';
const output = '    output: { kind: constant, tokens: 128 }\n';
const both = `    input: ${input}\n${output}`;

const loadSlips: readonly Slip[] = [
  [
    poisson,
    'kind: poisson',
    '10:15 traffic[0].arrivals.rate',
    'it is missing; expected a number.',
    'Write for example "rate: 16".',
  ],
  [
    `    arrivals: { ${poisson} }`,
    `    load: 0.75\n    arrivals: { ${poisson} }`,
    '10:11 traffic[0].load',
    'there are both a rate of 24 in the arrivals and a load.',
    'Leave one of them out; only a curve can stand beside a load, as its shape.',
  ],
  [
    `    arrivals: { ${poisson} }`,
    '    load: 0.75\n    users: { users: 8 }',
    '10:11 traffic[0].load',
    'users come back when they have their answers, so nobody can set their rate.',
    'Leave this out, or write arrivals in place of users.',
  ],
  [
    `    arrivals: { ${poisson} }`,
    '    load: 75%\n    arrivals: { kind: poisson }',
    '10:11 traffic[0].load',
    'found "75%", expected a number.',
    'Write for example "load: 0.75".',
  ],
  [
    `    arrivals: { ${poisson} }`,
    '    load: 75\n    arrivals: { kind: poisson }',
    '10:11 traffic[0].load',
    'found 75, expected at most 3.',
    'Write for example "load: 0.75".',
  ],
  [
    `    arrivals: { ${poisson} }`,
    '    load: 0\n    arrivals: { kind: poisson }',
    '10:11 traffic[0].load',
    'found 0, expected more than 0.',
    'Write for example "load: 0.75".',
  ],
  [
    `    arrivals: { ${poisson} }`,
    '    load: 0.75\n    arrivals: { kind: poisson, rate: { kind: steps, points: [{ at: 0s, rate: 0 }, { at: 24h, rate: 1 }] } }',
    '11:38 traffic[0].arrivals.rate',
    'the rate is 0 during all of the measured window, so no factor makes a load of it.',
    'Write a curve that is above 0 there.',
  ],
];

const arrivalSlips: readonly Slip[] = [
  [
    poisson,
    'kind: poisson, rate: { kind: sinusiod, mean: 16 }',
    '10:46 traffic[0].arrivals.rate.kind',
    'there is no kind "sinusiod".',
    'Did you mean "sinusoid"?',
  ],
  [
    poisson,
    'kind: poisson, rate: { kind: sinusoid, mean: 16, amplitude: 2, period: 10m }',
    '10:77 traffic[0].arrivals.rate.amplitude',
    'found 2, expected at most 1.',
    'Write for example "amplitude: 0.5".',
  ],
  [
    poisson,
    'kind: poisson, rate: { kind: steps, points: [{ at: 1m, rate: 8 }] }',
    '10:38 traffic[0].arrivals.rate',
    'the first rate is at 1m.',
    'Write "at: 0s" there.',
  ],
  [
    poisson,
    'kind: poisson, rate: { kind: ramp, points: [{ at: 0s, rate: 8 }, { at: 1m, rate: 0 }] }',
    '10:38 traffic[0].arrivals.rate',
    'the last rate holds until the end of the run, so it is more than 0.',
    'Write 0.001 for next to none.',
  ],
  [
    poisson,
    'kind: poisson, rate: { kind: ramp, points: [{ at: 0s, rate: 8 }, { at: 0s, rate: 9 }] }',
    '10:38 traffic[0].arrivals.rate',
    '0s does not come after 0s.',
  ],
  [
    poisson,
    'kind: poisson, rate: { kind: steps, points: [{ at: 0s, rate: 90000 }] }',
    '10:38 traffic[0].arrivals.rate',
    'this asks for about 64.8 million requests, and a run holds at most 10 million.',
    'Write a lower rate or a shorter duration.',
  ],
  [
    poisson,
    'kind: gamma, cv: 0, rate: 24',
    '10:34 traffic[0].arrivals.cv',
    'found 0, expected more than 0.',
    'Write for example "cv: 2".',
  ],
  [
    poisson,
    'kind: poisson, rate: 24, bursts: { on: { mean: 9 }, off: { mean: 21s } }',
    '10:64 traffic[0].arrivals.bursts.on.mean',
    'found 9, expected a duration with its unit, from 100ms to 24h.',
    'Write for example "mean: 9s".',
  ],
  [
    poisson,
    'kind: poisson, rate: 24, batches: { share: 1, within: 2ms }',
    '10:60 traffic[0].arrivals.batches.share',
    'found 1, expected less than 1.',
    'Write for example "share: 0.25".',
  ],
  [
    poisson,
    'kind: constant, rate: 24, noise: { cv: 0.25 }',
    '10:43 traffic[0].arrivals.noise',
    'there is no key "noise" here.',
    'Known: kind, rate.',
  ],
];

const lengthSlips: readonly Slip[] = [
  [
    input,
    '{ kind: log-normal, mean: 5, sigma: 1 }',
    '11:12 traffic[0].input',
    'it has mean, sigma.',
    'Write mean and sd, or mu and sigma, or p50 and p99.',
  ],
  [
    input,
    '{ kind: log-normal, p50: 500, p99: 400 }',
    '11:12 traffic[0].input',
    'p50 500 is not below p99 400.',
  ],
  [
    input,
    '{ kind: gamma, mean: 5, sd: 900 }',
    '11:12 traffic[0].input',
    'sd 900 is more than a hundred times of mean 5.',
    'Write one in between.',
  ],
  [
    input,
    '{ kind: mixture, parts: [{ weight: 1, length: { kind: constnt, tokens: 5 } }] }',
    '11:66 traffic[0].input.parts[0].length.kind',
    'there is no kind "constnt".',
    'Did you mean "constant"?',
  ],
  [
    input,
    '{ kind: mixture, parts: [{ weight: 0, length: { kind: constant, tokens: 5 } }] }',
    '11:47 traffic[0].input.parts[0].weight',
    'found 0, expected more than 0.',
    'Write for example "weight: 1".',
  ],
  [
    input,
    '{ kind: pmf, values: [[60, 1], [0, 1]] }',
    '11:44 traffic[0].input.values[1][0]',
    'found 0, expected at least 1.',
    'Write for example "512".',
  ],
  [
    input,
    '{ kind: empirical, quantiles: [[0, 60], [1, 50]] }',
    '11:12 traffic[0].input',
    '[1, 50] is not in ascending order.',
  ],
  [
    input,
    '{ kind: empirical, quantiles: [[0.1, 60], [1, 90]] }',
    '11:12 traffic[0].input',
    'the first quantile is that of 0, the shortest, and the last that of 1, the longest.',
  ],
  [
    both,
    '    lengths: [[374, 44], [396]]\n',
    '11:26 traffic[0].lengths[1]',
    'found [396], expected at least 2 entries.',
  ],
  [
    output,
    '    lengths: [[374, 44]]\n',
    '11:12 traffic[0].input',
    'there are lengths already, and they say both.',
    'Leave one of them out.',
  ],
];

test.each([...arrivalSlips, ...loadSlips, ...lengthSlips])(
  'traffic that cannot be is answered with what can: "%s" as "%s"',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);

test('a tenant without lengths is asked for both', () => {
  const places = complaintAbout(both, '').split('\n');
  expect(places.map((line) => line.split(': it is missing')[0])).toEqual([
    'slip.yaml:9:5 traffic[0].input',
    'slip.yaml:9:5 traffic[0].output',
  ]);
});
