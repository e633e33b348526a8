import { suggestion } from '../../core/closest.ts';
import { FairleadError } from '../../core/errors.ts';
import { readChecked } from '../../scenarios/checked-file.ts';
import type { SourceText } from '../../scenarios/read-yaml.ts';
import type { Vocabulary } from '../../scenarios/schema.ts';
import { strategies } from '../../strategies/registry.ts';
import { type ProxyConfig, proxySchema } from './proxy-schema.ts';
import { addressesByGroup } from './proxy-setup.ts';

export interface ConfigProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** All of it is wrong, and not what is first in it. */
  readonly atKey?: boolean;
}

/** What only another folder can tell, such as whether the model fits. */
export type ConfigCheck = (config: ProxyConfig) => ConfigProblem | undefined;

/** Reads the configuration of the proxy; complaints come as those about a scenario. */
export function parseProxyConfig(
  source: SourceText,
  vocabulary: Vocabulary,
  check: ConfigCheck = () => undefined,
): ProxyConfig {
  const { data, locate } = readChecked(source, schemaFor(vocabulary), {
    syntax: 'CONFIG_SYNTAX',
    invalid: 'CONFIG_INVALID',
  });
  const problem =
    replicaProblem(data) ??
    fleetProblem(data) ??
    strategyProblem(data) ??
    keyProblem(data) ??
    portProblem(data) ??
    check(data);
  if (problem === undefined) return data;
  throw new FairleadError('CONFIG_INVALID', locate(problem.path, problem.message, problem.atKey));
}

/** Made once: that takes longer than all the rest of loading. */
const schemas = new WeakMap<Vocabulary, ReturnType<typeof proxySchema>>();

function schemaFor(vocabulary: Vocabulary): ReturnType<typeof proxySchema> {
  const schema = schemas.get(vocabulary) ?? proxySchema(vocabulary);
  schemas.set(vocabulary, schema);
  return schema;
}

function replicaProblem(config: ProxyConfig): ConfigProblem | undefined {
  const seen = new Set<string>();
  for (const [group, addresses] of addressesByGroup(config)) {
    for (const [index, { name, url }] of addresses.entries()) {
      const path = Array.isArray(config.replicas)
        ? ['replicas', index]
        : ['replicas', group, index];
      const doubled = [name, url.origin].find((one) => seen.has(one));
      if (doubled !== undefined) {
        return { path, message: `${doubled} is there twice. Leave one of them out.` };
      }
      seen.add(name).add(url.origin);
      if (url.protocol === 'https:' && config.upstream.transport === 'raw') {
        const message = 'the raw transport speaks plain http only. Write "transport: dispatch".';
        return { path, message };
      }
    }
  }
  return undefined;
}

function fleetProblem(config: ProxyConfig): ConfigProblem | undefined {
  const { fleet, model } = config;
  if (fleet === undefined) return undefined;
  if (model === undefined) {
    const message = 'it needs a model. Write "model: …" beside it.';
    return { path: ['fleet'], message, atKey: true };
  }
  const groups = addressesByGroup(config);
  const names = fleet.map(({ name }) => name);
  if (Array.isArray(config.replicas) && fleet.length > 1) {
    const message = `the fleet has several groups. Write the addresses by group: ${names.map((name) => `${name}: […]`).join(', ')}.`;
    return { path: ['replicas'], message, atKey: true };
  }
  for (const [group, addresses] of groups) {
    const described = fleet.find(({ name }) => name === group);
    if (described === undefined) {
      const message = `the fleet has no group "${group}". ${suggestion(group, names)}`;
      return { path: ['replicas', group], message, atKey: true };
    }
    if (described.replicas !== addresses.length) {
      const message = `the fleet has ${described.replicas} of "${group}", and here are ${addresses.length} addresses. Change one of the two.`;
      const path = Array.isArray(config.replicas) ? ['replicas'] : ['replicas', group];
      return { path, message, atKey: true };
    }
  }
  const missing = names.find((name) => groups.every(([group]) => group !== name));
  if (missing === undefined) return undefined;
  const message = `there is no address for the group "${missing}". Write "${missing}: […]" here.`;
  return { path: ['replicas'], message, atKey: true };
}

function strategyProblem({ fleet, strategy }: ProxyConfig): ConfigProblem | undefined {
  const choice = strategy as string | { readonly name: string };
  const name = typeof choice === 'string' ? choice : choice.name;
  const { needs } = strategies.find((known) => known.name === name)!;
  const path = ['strategy'];
  if (needs.includes('kv-events')) {
    const message = `${name} needs KV events, which this proxy does not receive yet. Write for example "weighted-scorers", which guesses what is in the caches.`;
    return { path, message };
  }
  if (needs.includes('twin') && fleet === undefined) {
    const message = `${name} forecasts what replicas do, and has to know what they are. Write "model: …" and "fleet: …" as in a scenario, or for example "strategy: least-requests".`;
    return { path, message };
  }
  return undefined;
}

function keyProblem({ gateway, keys }: ProxyConfig): ConfigProblem | undefined {
  const tiers = Object.keys(gateway.admission?.tiers ?? {});
  for (const [index, { sha256, tier }] of (keys ?? []).entries()) {
    if (keys!.findIndex((other) => other.sha256 === sha256) < index) {
      return { path: ['keys', index, 'sha256'], message: 'this key is there twice.' };
    }
    if (tier === undefined || tiers.includes(tier)) continue;
    const advice =
      tiers.length > 0
        ? suggestion(tier, tiers)
        : `Write for example "admission: {tiers: {${tier}: {concurrent: 32}}}" under gateway.`;
    const message = `gateway.admission.tiers has no "${tier}". ${advice}`;
    return { path: ['keys', index, 'tier'], message };
  }
  return undefined;
}

function portProblem({ admin, listen }: ProxyConfig): ConfigProblem | undefined {
  if (admin.port !== listen.port || admin.port === 0) return undefined;
  const message = `${admin.port} is the port of the clients, and this is not for them. Write another.`;
  return { path: ['admin', 'port'], message };
}
