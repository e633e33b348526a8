import { expect } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { loadScenario } from './scenarios.ts';

export const validYaml = `name: chat
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

/** From the first to the second text; where the complaint points; what it says. */
export type Slip = readonly [from: string, to: string, place: string, ...sentences: string[]];

/** What a user reads who wrote `to` where `from` is valid. */
export function complaintAbout(from: string, to: string): string {
  expect(validYaml).toContain(from);
  return complaintOf(validYaml.replace(from, () => to)).message;
}

/** The error of a scenario that does not load. */
export function complaintOf(yamlText: string): FairleadError {
  try {
    loadScenario(yamlText, 'slip.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(FairleadError);
    return error as FairleadError;
  }
  throw new Error('there was no complaint: the scenario was loaded');
}
