import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';

const slips: readonly Slip[] = [
  [
    'replicas: 4',
    'replicas: 0',
    '7:15 fleet[0].replicas',
    'found 0, expected at least 1.',
    'Write for example "replicas: 4".',
  ],
  [
    'replicas: 4',
    'replicas: 1000000000000',
    '7:15 fleet[0].replicas',
    'found 1000000000000, expected at most 10000.',
    'Write for example "replicas: 4".',
  ],
  [
    'replicas: 4',
    'replicas: 2.5',
    '7:15 fleet[0].replicas',
    'found 2.5, expected a whole number.',
    'Write for example "replicas: 4".',
  ],
  [
    'replicas: 4',
    'replicas: four',
    '7:15 fleet[0].replicas',
    'found "four", expected a number.',
    'Write for example "replicas: 4".',
  ],
  [
    'rate: 24',
    'rate: NaN',
    '10:38 traffic[0].arrivals.rate',
    'found "NaN", expected a number.',
    'Write for example "rate: 16".',
  ],
  [
    'rate: 24',
    'rate: .nan',
    '10:38 traffic[0].arrivals.rate',
    'found NaN, expected a number.',
    'Write for example "rate: 16".',
  ],
  [
    'rate: 24',
    'rate: -1',
    '10:38 traffic[0].arrivals.rate',
    'found -1, expected more than 0.',
    'Write for example "rate: 16".',
  ],
  [
    'rate: 24',
    'rate: 0',
    '10:38 traffic[0].arrivals.rate',
    'found 0, expected more than 0.',
    'Write for example "rate: 16".',
  ],
  [
    'rate: 24',
    'rate: .inf',
    '10:38 traffic[0].arrivals.rate',
    'found Infinity, expected a number.',
    'Write for example "rate: 16".',
  ],
  [
    'rate: 24',
    'rate: 100000',
    '10:38 traffic[0].arrivals.rate',
    'this asks for about 72 million requests, and a run holds at most 10 million.',
    'Write a lower rate or a shorter duration.',
  ],
  [
    'rate: 24',
    'rate: 14000',
    '10:38 traffic[0].arrivals.rate',
    'this asks for about 10.1 million requests, and a run holds at most 10 million.',
    'Write a lower rate or a shorter duration.',
  ],
  [
    'least-tokens]',
    '{ name: least-tokens, tokensPerRequest: -3 }]',
    '15:62 strategies[1].tokensPerRequest',
    'found -3, expected at least 0.',
    'Write for example "tokensPerRequest: 1000".',
  ],
];

test.each(slips)(
  'a number out of range is answered with the range: "%s" as "%s"',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);
