import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A run of it takes some ten milliseconds. */
const tiny = `
name: tiny
summary: Two small engines, for experiments of many runs.
model: Llama-3.1-8B
fleet:
  - { name: a100, gpu: A100-80GB-SXM, replicas: 2 }
traffic:
  - arrivals: { kind: poisson, rate: 10 }
    input: { kind: log-normal, mean: 300, sd: 200 }
    output: { kind: log-normal, mean: 30, sd: 20 }
warmup: 1s
duration: 20s
slo: [ttft.p99 < 5s]
strategies: [random, round-robin, least-requests, least-tokens]
`;

/** Writes it to `tiny.yaml` of a folder, where it is then known by that name. */
export function tinyScenarioIn(folder: string): string {
  writeFileSync(join(folder, 'tiny.yaml'), tiny);
  return 'tiny.yaml';
}

/** A result as JSON, without what differs from one execution to the next. */
export function lastingPart(stdout: string): string {
  const { meta, ...rest } = JSON.parse(stdout) as { meta: object };
  return JSON.stringify({ ...rest, meta: { ...meta, run: undefined } });
}
