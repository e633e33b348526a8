import { FairleadError } from '../../core/errors.ts';
import { needsRestart } from '../config/remarks.ts';
import type { ProxyServer } from '../proxy-server.ts';
import type { AdminResult, AdminTarget } from './admin-server.ts';
import { replicaStatuses } from './replica-views.ts';

export interface ProxyAdminOptions {
  readonly version: string;
  readonly readSetup: () => ProxyServer['setup'];
}

/** The admin interface of a proxy. */
export function proxyAdmin(proxy: ProxyServer, options: ProxyAdminOptions): AdminTarget {
  const { observation, operator } = proxy;
  return {
    replicas: () => replicaStatuses(proxy.generation),
    decisions: (most) => observation.decisions.last.slice(0, most),
    health: () => ({
      isReady: proxy.isReady,
      inSystem: proxy.inSystem,
      waiting: proxy.generation.gateway.waiting,
      strategy: proxy.setup.strategy,
      uptimeS: Math.round(process.uptime()),
      version: options.version,
    }),
    config: () => withoutKeys(proxy.setup.config),
    metrics: async () => [observation.metrics.contentType, await observation.metrics.text()],
    reload: async () => reload(proxy, options),
    drain: (name) => operator.drain(name),
    undrain: (name) => operator.undrain(name),
    setWeight: (name, weight) => operator.setWeight(name, weight),
  };
}

function reload(proxy: ProxyServer, { readSetup }: ProxyAdminOptions): AdminResult {
  try {
    const setup = readSetup();
    const late = needsRestart(proxy.setup, setup);
    proxy.reload(setup);
    const { replicas, strategy } = setup;
    const advice = late.length === 0 ? '' : ` Only a restart changes ${late.join(', ')}.`;
    return {
      ok: true,
      message: `Read again: ${replicas.length} replicas, ${strategy.name}.${advice}`,
    };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    return { ok: false, message: `${error.message} The configuration before this one stays.` };
  }
}

/** Hashes of keys are no secrets, but nobody's business either. */
function withoutKeys({ keys, ...config }: ProxyServer['setup']['config']): unknown {
  const shown = keys?.map(({ priority, tenant, tier }) => ({ tenant, tier, priority }));
  return { ...config, keys: shown };
}
