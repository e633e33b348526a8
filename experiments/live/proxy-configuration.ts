import { sha256Of } from '../../proxy/client/identify.ts';
import type { Scenario, StrategyChoice, Tenant } from '../../scenarios/scenario.ts';
import type { LiveReplica } from './live-fleet.ts';
import { gatewayByTheClock, thresholdByTheClock } from './playable-scenario.ts';
import { tenantNames } from './tenant-names.ts';

export type Transport = 'dispatch' | 'raw';

export interface ProxyPlan {
  readonly scenario: Scenario;
  readonly strategy: StrategyChoice;
  readonly replicas: readonly LiveReplica[];
  readonly transport: Transport;
  readonly timeScale: number;
}

/** More would only make the file long; then those of an entry are one tenant to the proxy. */
const mostMembers = 1_000;

/** What `fairlead proxy` is told, so that it is the gateway of the scenario. */
export function proxyConfiguration(plan: ProxyPlan): object {
  const { replicas, scenario, strategy, timeScale, transport } = plan;
  const groups = scenario.fleet.map(({ name }) => [
    name,
    replicas.filter(({ group }) => group === name).map(({ name, url }) => ({ name, url })),
  ]);
  return {
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    replicas: Object.fromEntries(groups),
    model: scenario.model,
    fleet: scenario.fleet,
    strategy: { name: strategy.name, ...strategy.options },
    gateway: gatewayByTheClock(scenario.gateway, timeScale),
    slo: scenario.slo.map(({ text }) => thresholdByTheClock(text, timeScale)),
    keys: scenario.traffic.flatMap((tenant) => keysOf(tenant, timeScale)),
    upstream: { transport },
    // By them the load generator knows who has answered.
    tellStory: true,
    limits: { connections: 100_000, requests: 100_000 },
    shutdownGrace: '1s',
  };
}

/** What the clients of each tenant send, by its name: so the proxy knows who they are. */
export function tenantKeys(scenario: Scenario): (readonly [tenant: string, key: string])[] {
  return scenario.traffic.flatMap((tenant) =>
    membersOf(tenant).map((name) => [name, keyOf(name)] as const),
  );
}

function keysOf(tenant: Tenant, timeScale: number): object[] {
  const { priority, slo, tier } = tenant;
  const texts = slo?.map(({ text }) => thresholdByTheClock(text, timeScale));
  return membersOf(tenant).map((name) => ({
    ...{ sha256: sha256Of(keyOf(name)), tenant: name, tier, priority, slo: texts },
  }));
}

function membersOf(tenant: Tenant): string[] {
  const names = tenantNames(tenant);
  return names.length > mostMembers ? [tenant.tenant] : names;
}

/** No secret: both ends of it are ours, and on this machine. */
function keyOf(tenant: string): string {
  return `bench-${tenant}`;
}
