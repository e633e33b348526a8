import { existsSync, readFileSync } from 'node:fs';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { parse } from 'yaml';
import { FairleadError } from '../core/errors.ts';
import type { BalancedReplica, Listen } from '../deploy/balancer.ts';
import { parseProxyConfig } from '../proxy/config/load-proxy-config.ts';
import { addressesByGroup } from '../proxy/config/proxy-setup.ts';
import { loadScenario } from './load-scenario.ts';
import { engineProblem } from './proxy-brain.ts';
import { vocabulary } from './vocabulary.ts';

export type ReplicaAddress = Pick<BalancedReplica, 'url' | 'weight'>;

/** What is to be balanced: the replicas of a proxy, or the addresses with the names of a fleet. */
export async function exportedReplicas(
  source: string | undefined,
  addresses: readonly ReplicaAddress[] | undefined,
): Promise<{ replicas: BalancedReplica[]; sessionHeader?: string }> {
  if (source === undefined) {
    if (addresses !== undefined) return { replicas: addresses.map(byAddress) };
    const message =
      'Name a configuration of the proxy, or the replicas: --replicas http://10.0.0.1:8000,…';
    throw new FairleadError('USAGE', message);
  }
  if (isProxyConfig(source)) {
    const config = parseProxyConfig(
      { file: source, text: readFileSync(source, 'utf8') },
      vocabulary,
      engineProblem,
    );
    const own = addressesByGroup(config).flatMap(([, all]) => all);
    const replicas = addresses?.map(byAddress) ?? own.map((one) => ({ ...one, weight: 1 }));
    return { replicas, sessionHeader: config.sessionHeader };
  }
  const { fleet, name } = await loadScenario(source, { withTraces: false });
  const names = fleet.flatMap((group) =>
    Array.from({ length: group.replicas }, (_, index) => `${group.name}-${index + 1}`),
  );
  if (addresses?.length === names.length) {
    return { replicas: addresses.map((one, index) => ({ ...one, name: names[index]! })) };
  }
  const found = addresses === undefined ? 'no addresses' : `${addresses.length}`;
  const message = `the fleet of ${name} has ${names.length} replicas (${names.join(', ')}), and there are ${found}. Write --replicas with as many, in this order.`;
  throw new FairleadError('USAGE', message);
}

/** A scenario has no addresses, and a configuration of the proxy has nothing else that it needs. */
function isProxyConfig(source: string): boolean {
  if (!existsSync(source)) return false;
  try {
    const data: unknown = parse(readFileSync(source, 'utf8'));
    return typeof data === 'object' && data !== null && 'replicas' in data;
  } catch {
    return false;
  }
}

function byAddress(address: ReplicaAddress): BalancedReplica {
  return { ...address, name: address.url.host };
}

/** "http://a:8000,http://b:8000=2": addresses, with weights where they are not 1. */
export function replicaAddresses(text: string): ReplicaAddress[] {
  return text.split(',').map((one) => {
    const [address, weight = '1'] = one.trim().split('=');
    if (!/^https?:\/\//.test(address!) || !URL.canParse(address!)) {
      throw new InvalidArgumentError(`Write addresses such as http://10.0.0.1:8000, not "${one}".`);
    }
    return { url: new URL(address!), weight: Number(weight) };
  });
}

/** "0.0.0.0:8080", "[::]:8080" or a port alone. */
export function listenAt(text: string): Listen {
  const found = /^(?:(.+):)?(\d+)$/.exec(text);
  if (found === null) {
    throw new InvalidArgumentError(`Write an address such as 0.0.0.0:8080, not "${text}".`);
  }
  return { host: found[1] ?? '0.0.0.0', port: Number(found[2]) };
}
