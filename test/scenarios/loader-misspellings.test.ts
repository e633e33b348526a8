import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';
import { vocabulary } from '../support/scenarios.ts';

const slips: readonly Slip[] = [
  [
    'duration:',
    'durration:',
    '13:1 durration',
    'there is no key "durration" here.',
    'Did you mean "duration"?',
  ],
  [
    'rate: 24',
    'rate: 24, rte: 1',
    '10:42 traffic[0].arrivals.rte',
    'there is no key "rte" here.',
    'Did you mean "rate"?',
  ],
  [
    'replicas: 4',
    'replicas: 4\n    engine: { max_num_seqs: 8 }',
    '8:15 fleet[0].engine.max_num_seqs',
    'there is no key "max_num_seqs" here.',
    'Did you mean "maxNumSeqs"?',
  ],
  [
    'A100-80GB-SXM',
    'A100',
    '6:10 fleet[0].gpu',
    'there is no GPU "A100".',
    'Did you mean "A100-40GB-PCIe" or "A100-40GB-SXM" or "A100-80GB-PCIe" or "A100-80GB-SXM"?',
  ],
  [
    'A100-80GB-SXM',
    'TPU-v5',
    '6:10 fleet[0].gpu',
    'there is no GPU "TPU-v5".',
    `Known: ${vocabulary.gpus.join(', ')}.`,
  ],
  [
    'Llama-3.1-8B',
    'llama3-8b',
    '3:8 model',
    'there is no model "llama3-8b".',
    'Did you mean "Llama-3.1-8B"?',
  ],
  [
    '[random,',
    '[rndom,',
    '15:14 strategies[0]',
    'there is no strategy "rndom".',
    'Did you mean "random"?',
  ],
  [
    'least-tokens]',
    '{ name: least-token }]',
    '15:30 strategies[1].name',
    'there is no strategy "least-token".',
    'Did you mean "least-tokens"?',
  ],
  [
    'least-tokens]',
    '{ name: least-tokens, tokenPerRequest: 9 }]',
    '15:44 strategies[1].tokenPerRequest',
    'there is no key "tokenPerRequest" here.',
    'Did you mean "tokensPerRequest"?',
  ],
  [
    'least-tokens]',
    '{ name: round-robin, tokensPerRequest: 9 }]',
    '15:43 strategies[1].tokensPerRequest',
    'there is no key "tokensPerRequest" here.',
    'Known: name.',
  ],
  [
    'kind: poisson',
    'kind: poison',
    '10:23 traffic[0].arrivals.kind',
    'there is no kind "poison".',
    'Did you mean "poisson"?',
  ],
  [
    'kind: poisson',
    'kind: pareto',
    '10:23 traffic[0].arrivals.kind',
    'there is no kind "pareto".',
    'Known: constant, gamma, poisson, weibull.',
  ],
  [
    'tokens: 512',
    'tokens: 512, sd: 9',
    '11:43 traffic[0].input.sd',
    'there is no key "sd" here.',
    'Known: kind, tokens.',
  ],
];

test.each(slips)(
  'a misspelt name is answered with the one that was meant: "%s" as "%s"',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);
