import { type RequestLimits, requestLimits } from '../../core/slo.ts';
import { US_PER_MS, usOf } from '../../core/time.ts';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import { policyOf } from '../../gateway/policy-of.ts';
import type { ReplicaFacts } from '../../gateway/replica-state.ts';
import { parseThreshold } from '../../scenarios/thresholds.ts';
import type { ProxyConfig } from './proxy-schema.ts';

export interface ProxyReplica extends ReplicaFacts {
  readonly url: URL;
}

/** Who a client is. */
export interface Client {
  readonly tenant: string;
  readonly tier: string | undefined;
  readonly priority: number;
  readonly limits: RequestLimits;
}

/** What the proxy runs with: the configuration with everything in it that it names. */
export interface ProxySetup {
  readonly config: ProxyConfig;
  readonly replicas: readonly ProxyReplica[];
  readonly strategy: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly policy: GatewayPolicy;
  readonly signalsEveryUs: number;
  readonly stalledReaderMs: number;
  /** By the SHA-256 of their key; undefined where nobody needs one. */
  readonly clients: ReadonlyMap<string, Client> | undefined;
  readonly anonymous: Client;
  /** What replicas are told of who asks: all of the header; undefined for nothing. */
  readonly authorization: string | undefined;
  readonly adminToken: string | undefined;
}

/** What only a file or the surroundings can say. */
export interface Secrets {
  readonly upstreamKey: string | undefined;
  readonly adminToken: string | undefined;
}

/** What is known of a replica of a group before anything is sent there. */
export type GroupFacts = (group: string) => Pick<ReplicaFacts, 'kvTokens' | 'maxNumSeqs'>;

export function proxySetup(
  config: ProxyConfig,
  factsOf: GroupFacts,
  { adminToken, upstreamKey }: Secrets,
): ProxySetup {
  const choice = config.strategy as string | Readonly<Record<string, unknown>>;
  const { name, ...options } = typeof choice === 'string' ? { name: choice } : choice;
  const limits = requestLimits(config.slo.map(parseThreshold));
  const clients = config.keys?.map(({ priority, sha256, slo, tenant, tier }): [string, Client] => {
    const own = slo === undefined ? limits : requestLimits(slo.map(parseThreshold));
    return [sha256, { tenant, tier, priority, limits: own }];
  });
  return {
    config,
    replicas: replicasOf(config, factsOf),
    strategy: { name: String(name), options },
    policy: policyOf(config.gateway),
    signalsEveryUs: usOf(config.gateway.signals.every),
    stalledReaderMs: usOf(config.limits.stalledReader) / US_PER_MS,
    clients: clients && new Map(clients),
    anonymous: { tenant: 'anonymous', tier: undefined, priority: 0, limits },
    authorization: upstreamKey === undefined ? undefined : `Bearer ${upstreamKey}`,
    adminToken,
  };
}

export interface Address {
  readonly name: string;
  readonly url: URL;
}

/** Addresses by group. Without groups all are of one. */
export function addressesByGroup({
  fleet,
  replicas,
}: Pick<ProxyConfig, 'fleet' | 'replicas'>): [group: string, addresses: readonly Address[]][] {
  const groups = Array.isArray(replicas)
    ? [[fleet?.[0]?.name ?? 'replicas', replicas] as const]
    : Object.entries(replicas);
  return groups.map(([group, all]) => [group, all.map(addressOf)]);
}

/** A name that stays with the machine, whoever comes and goes beside it. */
function addressOf(replica: string | { readonly name: string; readonly url: string }): Address {
  if (typeof replica !== 'string') return { name: replica.name, url: new URL(replica.url) };
  const url = new URL(replica);
  return { name: url.host, url };
}

function replicasOf(config: ProxyConfig, factsOf: GroupFacts): ProxyReplica[] {
  return addressesByGroup(config).flatMap(([group, addresses]) =>
    addresses.map((address) => ({ ...factsOf(group), ...address, group })),
  );
}
