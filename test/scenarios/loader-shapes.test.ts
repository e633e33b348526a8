import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';

const slips: readonly Slip[] = [
  [
    'model: Llama-3.1-8B\n',
    '',
    '1:1 model',
    'it is missing; expected a text.',
    'Write for example "model: Llama-3.1-8B".',
  ],
  [
    '    gpu: A100-80GB-SXM\n',
    '',
    '5:5 fleet[0].gpu',
    'it is missing; expected a text.',
    'Write for example "gpu: A100-80GB-SXM".',
  ],
  [
    '    output: { kind: constant, tokens: 128 }\n',
    '',
    '9:5 traffic[0].output',
    'it is missing; expected a block of keys.',
    'Write for example "output: {kind: constant, tokens: 512}".',
  ],
  [
    'kind: poisson, rate: 24',
    'rate: 24',
    '10:15 traffic[0].arrivals.kind',
    'it is missing.',
    'Write "kind: constant" or "kind: gamma" or "kind: poisson" or "kind: weibull".',
  ],
  [
    'kind: poisson, rate: 24',
    'kind: poisson',
    '10:15 traffic[0].arrivals.rate',
    'it is missing; expected a number.',
    'Write for example "rate: 16".',
  ],
  [
    '{ kind: poisson, rate: 24 }',
    'poisson',
    '10:15 traffic[0].arrivals',
    'found "poisson", expected a block of keys.',
    'Write for example "arrivals: {kind: poisson, rate: 16}".',
  ],
  [
    '[random, least-tokens]',
    'random',
    '15:13 strategies',
    'found "random", expected a list.',
    'Write for example "strategies: [round-robin, least-requests]".',
  ],
  [
    '[random, least-tokens]',
    '[]',
    '15:13 strategies',
    'found [], expected at least 1 entry.',
    'Write for example "strategies: [round-robin, least-requests]".',
  ],
  [
    'least-tokens]',
    '7]',
    '15:22 strategies[1]',
    'found 7, expected a text.',
    'Write for example "least-requests".',
  ],
  [
    '[ttft.p99 < 600ms]',
    '[7]',
    '14:7 slo[0]',
    'found 7, expected a text.',
    'Write for example "ttft.p99 < 500ms".',
  ],
  [
    'A scenario to misspell.',
    '""',
    '2:10 summary',
    'found "", expected at least 1 character.',
    'Write for example "summary: Chat traffic".',
  ],
  [
    'name: chat',
    'name: My Chat',
    '1:7 name',
    'found "My Chat", expected lower-case letters, digits and dashes.',
    'Write for example "name: azure-chat".',
  ],
  [
    '10m',
    '10',
    '13:11 duration',
    'found 10, expected a duration with its unit, from 1s to 168h.',
    'Write for example "duration: 10m".',
  ],
  [
    '10m',
    '10 minutes',
    '13:11 duration',
    'found "10 minutes", expected a duration with its unit, from 1s to 168h.',
    'Write for example "duration: 10m".',
  ],
  [
    '10m',
    '8d',
    '13:11 duration',
    'found "8d", expected a duration with its unit, from 1s to 168h.',
    'Write for example "duration: 10m".',
  ],
  [
    'ttft.p99 < 600ms',
    'ttft.p98 < 600ms',
    '14:7 slo[0]',
    '"ttft.p98 < 600ms": "p98" is not a statistic.',
    'Write for example "ttft.p99 < 500ms", "tpot.p99 < 50ms", "goodput > 95%".',
  ],
  [
    'traffic:\n',
    'traffic:\n  - tenant: chat\n    arrivals: { kind: constant, rate: 1 }\n' +
      '    input: { kind: constant, tokens: 1 }\n    output: { kind: constant, tokens: 1 }\n',
    '13:13 traffic[1].tenant',
    '"chat" is named twice.',
    'Write another name.',
  ],
  [
    'traffic:\n',
    '  - { name: a100, gpu: L4, replicas: 1 }\ntraffic:\n',
    '8:13 fleet[1].name',
    '"a100" is named twice.',
    'Write another name.',
  ],
];

test.each(slips)(
  'a value of the wrong shape is answered with the right one: "%s" as "%s"',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);
