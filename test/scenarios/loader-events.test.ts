import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';

const before = 'duration: 10m\n';

function events(...lines: string[]): string {
  return `${before}events:\n${lines.map((line) => `  - { ${line} }\n`).join('')}`;
}

const slips: readonly Slip[] = [
  [
    before,
    events('kind: crash, at: 5m, replicas: [a100-5]'),
    '15:39 events[0].replicas[0]',
    'there is no replica or group "a100-5".',
    'Did you mean "a100-1"?',
  ],
  [
    before,
    events('kind: weight, at: 5m, weight: 2, replicas: [a10]'),
    'events[0].replicas[0]',
    'there is no replica or group "a10".',
    'Did you mean "a100"',
  ],
  [
    before,
    events('kind: add, at: 5m, group: a1000, count: 2'),
    'events[0].group',
    'there is no group "a1000".',
    'Did you mean "a100"?',
  ],
  [
    before,
    events('kind: crush, at: 5m, replicas: [a100-1]'),
    'events[0].kind',
    'there is no kind "crush".',
    'Did you mean "crash"?',
  ],
  [
    before,
    events('kind: slow, at: 5m, replicas: [a100-1], factor: -2, for: 1m'),
    'events[0].factor',
    'found -2, expected more than 0.',
  ],
  [
    before,
    events('kind: slow, at: -5m, replicas: [a100-1], factor: 2, for: 1m'),
    'events[0].at',
    'expected a duration with its unit',
  ],
  [
    before,
    events('kind: crash, at: 5m, replicas: [a100-1], down: 0s'),
    'events[0].down',
    'expected a duration with its unit, from 1ms',
  ],
  [
    before,
    events('kind: network, at: 5m, replicas: [a100-1], for: 1m'),
    'events[0]',
    'it changes nothing.',
    'Write "delay: 50ms" or "loss: 0.01".',
  ],
  [
    before,
    events('kind: crash, at: 12m, replicas: [a100-1]'),
    'events[0].at',
    'it would happen at 12m, and the run ends at 12m.',
    'Write an earlier time or a longer duration.',
  ],
  [
    before,
    events(
      'kind: crash, at: 5m, replicas: [a100-2]',
      'kind: remove, at: 3m, replicas: [a100-2], drain: 30s',
    ),
    'events[0].replicas[0]',
    'a100-2 is gone since 210s.',
    'Write an earlier time.',
  ],
  [
    before,
    events(
      'kind: add, at: 5m, group: a100, count: 1, boot: 1m',
      'kind: crash, at: 330s, replicas: [a100-5]',
    ),
    'events[1].replicas[0]',
    'a100-5 only comes at 6m.',
    'Write a later time.',
  ],
  [
    before,
    events(
      'kind: remove, at: 3m, replicas: [a100-1]',
      'kind: reclaim, at: 200s, replicas: [a100-2, a100-1]',
    ),
    'events[1].replicas[1]',
    'a100-1 is on its way out since 3m already.',
    'Write another replica.',
  ],
  [
    before,
    events(
      'kind: remove, at: 3m, replicas: [a100], drain: 10s',
      'kind: crash, at: 4m, replicas: [a100]',
    ),
    'events[1].replicas[0]',
    'no replica of "a100" is there at 4m.',
    'Write another time.',
  ],
];

test.each(slips)('for %j → %j it says where and what', (from, to, place, ...sentences) => {
  const complaint = complaintAbout(from, to);
  for (const text of [place, ...sentences]) expect(complaint).toContain(text);
});

test('a timeline that no machine could hold is refused', () => {
  const many = Array.from({ length: 5 }, () => 'kind: add, at: 5m, group: a100, count: 10000');
  expect(complaintAbout(before, events(...many))).toContain(
    'events[3]: the events up to this one hit more than 30000 replicas in all.',
  );
});
