import type { ProxyConfig } from './proxy-schema.ts';
import type { ProxySetup } from './proxy-setup.ts';

/** What is right, and yet may not be what its author thinks. */
export function remarksOn({ fleet, gateway }: ProxyConfig): string[] {
  const remarks: string[] = [];
  const { autoscale, maxInFlight, routers = 1, signals, spread } = gateway;
  if (autoscale !== undefined) {
    remarks.push('gateway.autoscale: this proxy starts and stops no machines. Ignored.');
  }
  if (routers > 1 || spread !== undefined) {
    const message = 'this process is one of them; start the others beside it. Ignored.';
    remarks.push(`gateway.routers: ${message}`);
  }
  if (signals.loss > 0 || signals.delay !== '0ms') {
    remarks.push('gateway.signals: delay and loss are what the network makes of them. Ignored.');
  }
  if (maxInFlight === 'maxNumSeqs' && fleet === undefined) {
    const message = 'only a fleet says how many that is; without one there is no limit.';
    remarks.push(`gateway.maxInFlight: ${message}`);
  }
  const off = usual.filter(([part]) => gateway[part] === undefined);
  if (off.length > 0) {
    const names = off.map(([part]) => part).join(', ');
    const advice = `Write "${off.map(([, text]) => text).join(', ')}" for the usual ones`;
    remarks.push(`gateway: it has no ${names}, and so there are none. ${advice}.`);
  }
  return remarks;
}

/** Without them one bad replica is a bad service. */
const usual = [
  ['timeouts', 'timeouts: {}'],
  ['retries', 'retries: {}'],
  ['health', 'health: { active: {}, passive: { kind: ejection } }'],
  ['queue', 'queue: {}'],
] as const;

/** What changed and is looked at only when the process starts. */
export function needsRestart(before: ProxySetup, after: ProxySetup): string[] {
  const parts = [startingParts(before), startingParts(after)] as const;
  return Object.keys(parts[0]).filter((name) => parts[0][name] !== parts[1][name]);
}

function startingParts({ adminToken, config }: ProxySetup): Readonly<Record<string, unknown>> {
  const { accessLog, admin, limits, listen } = config;
  return {
    'listen.host': listen.host,
    'listen.port': listen.port,
    'admin.host': admin.host,
    'admin.port': admin.port,
    'the admin token (there is one or none)': adminToken !== undefined,
    'limits.connections': limits.connections,
    'limits.headerBytes': limits.headerBytes,
    'limits.requestTime': limits.requestTime,
    'limits.idle': limits.idle,
    accessLog,
  };
}
