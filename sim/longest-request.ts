import type { ScenarioProblem } from '../scenarios/load.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { shortestRequest } from '../scenarios/tenant-source.ts';
import { fleetFacts } from './fleet-facts.ts';

const draws = 200;

/** The first entry of which no engine takes a single request; a check for the loader. */
export function lengthProblem(scenario: Scenario): ScenarioProblem | undefined {
  const longest = Math.max(...fleetFacts(scenario).map(({ maxModelLen }) => maxModelLen));
  for (const [index, tenant] of scenario.traffic.entries()) {
    if (tenant.trace !== undefined) continue;
    const shortest = shortestRequest(tenant, draws);
    if (shortest <= longest) continue;
    const key = tenant.input === undefined ? [] : ['input'];
    const message = `no engine takes these requests: the shortest of ${draws} has ${shortest} tokens with its answer, and maxModelLen is ${longest}. Write shorter ones, or another model.`;
    return { path: ['traffic', index, ...key], message };
  }
  return undefined;
}
