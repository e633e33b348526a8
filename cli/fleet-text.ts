import { countOf, formatNumber } from '../reports/format.ts';
import { stepTimeText } from '../reports/step-time-text.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type FleetFacts, fleetFacts, modelFacts } from '../sim/fleet-facts.ts';
import { billions } from './hardware-tables.ts';

/** "Llama-3.1-8B", or what was read of a model that is not in the catalogue. */
export function modelText(scenario: Scenario): string {
  const { basis, name, parameters } = modelFacts(scenario);
  if (basis === 'catalogue') return name;
  return `${name} (${billions(parameters)} parameters, from its config.json)`;
}

/** What each group really runs with: its cache, and how far to trust its step times. */
export function fleetLines(scenario: Scenario): string[] {
  return fleetFacts(scenario).flatMap((group) => [
    `${group.name}: KV cache ${countOf(group.kvTokens, 'token')} ${group.engines === 1 ? 'each' : 'in each engine'}; step times: ${stepTimeText(group.stepTime)}`,
    ...group.notes.map((note) => `${group.name}: ${note}`),
  ]);
}

export function hardwareText({ engines, gpu, gpusPerReplica, replicas }: FleetFacts): string {
  const gpus = gpusPerReplica === 1 ? '' : ` on ${gpusPerReplica} GPUs each`;
  return `${replicas} × ${gpu}${gpus}${engines === 1 ? '' : `, ${engines} engines`}`;
}

export function memoryText({ kvCacheBytes, weightBytes, weightFormat }: FleetFacts): string {
  const [weights, cache] = [weightBytes, kvCacheBytes].map((bytes) => formatNumber(bytes / 1e9));
  return `on each GPU ${weights} GB of weights in ${weightFormat}, ${cache} GB of KV cache`;
}
