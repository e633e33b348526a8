import { usOf } from '../core/time.ts';
import type { ScenarioProblem } from './load.ts';
import type { Scenario } from './scenario.ts';

/** The first thing said of the gateway that would never do anything. */
export function idleGatewayProblem(scenario: Scenario): ScenarioProblem | undefined {
  const found =
    idleTier(scenario) ??
    idleHealth(scenario) ??
    idleTime(scenario) ??
    idleQueue(scenario) ??
    idleWeights(scenario) ??
    idleSpread(scenario);
  return found && { ...found, path: ['gateway', ...found.path] };
}

function idleTier({ gateway, traffic }: Scenario): ScenarioProblem | undefined {
  if (gateway.admission === undefined) return undefined;
  const { tiers } = gateway.admission;
  const path = ['admission', 'tiers'];
  if (Object.keys(tiers).length === 0) {
    return { path, message: 'no tier has a limit. Write for example "default: {concurrent: 8}".' };
  }
  const unused = unusedTier(tiers, traffic);
  if (unused !== undefined) return { ...unused, path: [...path, ...unused.path] };
  for (const [name, limits] of Object.entries(tiers)) {
    const { concurrent, promptTokens, requests, tokens } = limits;
    if (concurrent ?? promptTokens ?? requests[0] ?? tokens[0]) continue;
    const message = `it limits nothing. Write for example "${name}: {concurrent: 8}".`;
    return { path: [...path, name], message };
  }
  return undefined;
}

function unusedTier(
  byTier: Readonly<Record<string, unknown>>,
  traffic: Scenario['traffic'],
): ScenarioProblem | undefined {
  const used = [...new Set(traffic.map(({ tier }) => tier ?? 'default'))];
  const name = Object.keys(byTier).find((one) => !used.includes(one));
  if (name === undefined) return undefined;
  const message = `no tenant is of the tier "${name}". Write "tier: ${name}" at a tenant, or another tier: ${used.join(', ')}.`;
  return { path: [name], message };
}

function idleWeights({ gateway, traffic }: Scenario): ScenarioProblem | undefined {
  const { fairness = 'none', weights = {} } = gateway.queue ?? {};
  const path = ['queue', 'weights'];
  if (Object.keys(weights).length > 0 && fairness !== 'vtc') {
    return {
      path,
      message: `fairness is ${fairness}, so this does nothing. Write "fairness: vtc".`,
    };
  }
  const unused = unusedTier(weights, traffic);
  return unused && { ...unused, path: [...path, ...unused.path] };
}

function idleHealth({ gateway }: Scenario): ScenarioProblem | undefined {
  if (gateway.health === undefined) return undefined;
  const { active, passive, slowStart } = gateway.health;
  if (active ?? passive ?? slowStart) return undefined;
  const message = 'nothing of it is on. Write for example "health: {active: {}}".';
  return { path: ['health'], message };
}

/** A bound below what it bounds, which is often the default of a bound that was not thought of. */
function idleTime({ gateway }: Scenario): ScenarioProblem | undefined {
  const { health, retries } = gateway;
  const passive = health?.passive;
  if (retries !== undefined && isShorter(retries.maxBackoff, retries.backoff)) {
    const message = `maxBackoff is ${retries.maxBackoff}, so this does nothing. Write a longer maxBackoff beside it.`;
    return { path: ['retries', 'backoff'], message };
  }
  if (passive?.kind === 'ejection' && isShorter(passive.maxTime, passive.time)) {
    const message = `maxTime is ${passive.maxTime}, so this does nothing. Write a longer maxTime beside it.`;
    return { path: ['health', 'passive', 'time'], message };
  }
  return undefined;
}

/** Nobody waits where every replica takes whatever comes, and there always is one. */
function idleQueue({ events, gateway }: Scenario): ScenarioProblem | undefined {
  const { health, maxInFlight, queue } = gateway;
  const isAlwaysOpen = health?.active === undefined && health?.passive === undefined;
  if (queue === undefined || maxInFlight !== undefined || !isAlwaysOpen) return undefined;
  if (events.length > 0) return undefined;
  const message = 'nobody ever waits in it. Write for example "maxInFlight: maxNumSeqs" beside it.';
  return { path: ['queue'], message };
}

function idleSpread({ gateway }: Scenario): ScenarioProblem | undefined {
  if (gateway.spread === undefined || (gateway.routers ?? 1) > 1) return undefined;
  const message = 'there is one gateway to come to. Write for example "routers: 4".';
  return { path: ['spread'], message };
}

function isShorter(time: string, other: string): boolean {
  return usOf(time) < usOf(other);
}
