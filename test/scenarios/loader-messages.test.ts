import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { loadScenario } from '../support/scenarios.ts';

const valid = `name: chat
summary: A scenario to misspell.
model: Llama-3.1-8B
fleet:
  - name: a100
    gpu: A100-80GB-SXM
    replicas: 4
traffic:
  - tenant: chat
    arrivals: { kind: poisson, rate: 24 }
    input: { kind: constant, tokens: 512 }
    output: { kind: constant, tokens: 128 }
duration: 10m
slo: [ttft.p99 < 600ms]
strategies: [random, least-tokens]
`;

/** What the user reads: code, place and advice of the complaint about a changed scenario. */
function complaintAbout(from: string, to: string): string {
  expect(valid).toContain(from);
  try {
    loadScenario(valid.replace(from, to), 'chat.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(FairleadError);
    return (error as FairleadError).message;
  }
  return 'no complaint';
}

/** From the first to the second text, and what is then said, after the name of the file. */
type Slip = readonly [from: string, to: string, complaint: string];

const names: readonly Slip[] = [
  ['duration:', 'durration:', '13:1 durration: there is no key "durration" here. Did you mean "duration"?'],
  ['rate: 24', 'rate: 24, rte: 1', '10:42 traffic[0].arrivals.rte: there is no key "rte" here. Did you mean "rate"?'],
  ['replicas: 4', 'replicas: 4\n    engine: { max_num_seqs: 8 }', '8:15 fleet[0].engine.max_num_seqs: there is no key "max_num_seqs" here. Did you mean "maxNumSeqs"?'],
  ['A100-80GB-SXM', 'A100', '6:10 fleet[0].gpu: there is no GPU "A100". Did you mean "A100-80GB-SXM"?'],
  ['A100-80GB-SXM', 'TPU-v5', '6:10 fleet[0].gpu: there is no GPU "TPU-v5". Known: A100-80GB-SXM, H100-SXM, H200-SXM, L4, L40S, RTX-4090, RTX-PRO-6000.'],
  ['Llama-3.1-8B', 'llama3-8b', '3:8 model: there is no model "llama3-8b". Did you mean "Llama-3.1-8B"?'],
  ['[random,', '[rndom,', '15:14 strategies[0]: there is no strategy "rndom". Did you mean "random"?'],
  ['least-tokens]', '{ name: least-token }]', '15:30 strategies[1].name: there is no strategy "least-token". Did you mean "least-tokens"?'],
  ['least-tokens]', '{ name: least-tokens, tokenPerRequest: 9 }]', '15:44 strategies[1].tokenPerRequest: there is no key "tokenPerRequest" here. Did you mean "tokensPerRequest"?'],
  ['least-tokens]', '{ name: round-robin, tokensPerRequest: 9 }]', '15:43 strategies[1].tokensPerRequest: there is no key "tokensPerRequest" here. Known: name.'],
  ['kind: poisson', 'kind: poison', '10:23 traffic[0].arrivals.kind: there is no kind "poison". Did you mean "poisson"?'],
  ['kind: poisson', 'kind: gamma', '10:23 traffic[0].arrivals.kind: there is no kind "gamma". Known: constant, poisson.'],
  ['tokens: 512', 'tokens: 512, sd: 9', '11:43 traffic[0].input.sd: there is no key "sd" here. Known: kind, tokens.'],
];

const numbers: readonly Slip[] = [
  ['replicas: 4', 'replicas: 0', '7:15 fleet[0].replicas: found 0, expected at least 1. Write for example "replicas: 4".'],
  ['replicas: 4', 'replicas: 1000000000000', '7:15 fleet[0].replicas: found 1000000000000, expected at most 10000. Write for example "replicas: 4".'],
  ['replicas: 4', 'replicas: 2.5', '7:15 fleet[0].replicas: found 2.5, expected a whole number. Write for example "replicas: 4".'],
  ['replicas: 4', 'replicas: four', '7:15 fleet[0].replicas: found "four", expected a number. Write for example "replicas: 4".'],
  ['rate: 24', 'rate: NaN', '10:38 traffic[0].arrivals.rate: found "NaN", expected a number. Write for example "rate: 16".'],
  ['rate: 24', 'rate: .nan', '10:38 traffic[0].arrivals.rate: found NaN, expected a number. Write for example "rate: 16".'],
  ['rate: 24', 'rate: -1', '10:38 traffic[0].arrivals.rate: found -1, expected more than 0. Write for example "rate: 16".'],
  ['rate: 24', 'rate: 0', '10:38 traffic[0].arrivals.rate: found 0, expected more than 0. Write for example "rate: 16".'],
  ['rate: 24', 'rate: .inf', '10:38 traffic[0].arrivals.rate: found Infinity, expected a number. Write for example "rate: 16".'],
  ['rate: 24', 'rate: 100000', '10:38 traffic[0].arrivals.rate: this asks for about 72 million requests, and a run holds at most 10 million. Write a lower rate or a shorter duration.'],
  ['rate: 24', 'rate: 14000', '10:38 traffic[0].arrivals.rate: this asks for about 10.1 million requests, and a run holds at most 10 million. Write a lower rate or a shorter duration.'],
  ['least-tokens]', '{ name: least-tokens, tokensPerRequest: -3 }]', '15:62 strategies[1].tokensPerRequest: found -3, expected at least 0. Write for example "tokensPerRequest: 1000".'],
];

const shapes: readonly Slip[] = [
  ['model: Llama-3.1-8B\n', '', '1:1 model: it is missing; expected a text. Write for example "model: Llama-3.1-70B".'],
  ['    gpu: A100-80GB-SXM\n', '', '5:5 fleet[0].gpu: it is missing; expected a text. Write for example "gpu: A100-80GB-SXM".'],
  ['    output: { kind: constant, tokens: 128 }\n', '', '9:5 traffic[0].output: it is missing; expected a block of keys. Write for example "output: {kind: constant, tokens: 512}".'],
  ['kind: poisson, rate: 24', 'rate: 24', '10:15 traffic[0].arrivals.kind: it is missing. Write "kind: constant" or "kind: poisson".'],
  ['kind: poisson, rate: 24', 'kind: poisson', '10:15 traffic[0].arrivals.rate: it is missing; expected a number. Write for example "rate: 16".'],
  ['{ kind: poisson, rate: 24 }', 'poisson', '10:15 traffic[0].arrivals: found "poisson", expected a block of keys. Write for example "arrivals: {kind: poisson, rate: 16}".'],
  ['[random, least-tokens]', 'random', '15:13 strategies: found "random", expected a list. Write for example "strategies: [round-robin, least-requests]".'],
  ['[random, least-tokens]', '[]', '15:13 strategies: found [], expected at least 1 entry. Write for example "strategies: [round-robin, least-requests]".'],
  ['least-tokens]', '7]', '15:22 strategies[1]: found 7, expected a text. Write for example "least-requests".'],
  ['[ttft.p99 < 600ms]', '[7]', '14:7 slo[0]: found 7, expected a text. Write for example "ttft.p99 < 500ms".'],
  ['A scenario to misspell.', '""', '2:10 summary: found "", expected at least 1 character. Write for example "summary: Chat traffic".'],
  ['name: chat', 'name: My Chat', '1:7 name: found "My Chat", expected lower-case letters, digits and dashes. Write for example "name: azure-chat".'],
  ['10m', '10', '13:11 duration: found 10, expected a duration with its unit, from 1s to 168h. Write for example "duration: 10m".'],
  ['10m', '10 minutes', '13:11 duration: found "10 minutes", expected a duration with its unit, from 1s to 168h. Write for example "duration: 10m".'],
  ['10m', '8d', '13:11 duration: found "8d", expected a duration with its unit, from 1s to 168h. Write for example "duration: 10m".'],
  ['ttft.p99 < 600ms', 'ttft.p98 < 600ms', '14:7 slo[0]: "ttft.p98 < 600ms": "p98" is not a statistic. Write for example "ttft.p99 < 500ms", "tpot.p99 < 50ms", "goodput > 95%".'],
  ['traffic:\n', 'traffic:\n  - { tenant: chat, arrivals: { kind: constant, rate: 1 }, input: { kind: constant, tokens: 1 }, output: { kind: constant, tokens: 1 } }\n', '10:13 traffic[1].tenant: "chat" is named twice. Write another name.'],
  ['traffic:\n', '  - { name: a100, gpu: L4, replicas: 1 }\ntraffic:\n', '8:13 fleet[1].name: "a100" is named twice. Write another name.'],
];
