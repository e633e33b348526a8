import { createBrain, engineProblem, groupFacts } from '../../../cli/proxy-brain.ts';
import { vocabulary } from '../../../cli/vocabulary.ts';
import { parseProxyConfig } from '../../../proxy/config/load-proxy-config.ts';
import { type ProxySetup, proxySetup, type Secrets } from '../../../proxy/config/proxy-setup.ts';
import type { RequestSummary } from '../../../proxy/observe/request-summary.ts';
import { ProxyServer } from '../../../proxy/proxy-server.ts';

export const transports = ['dispatch', 'raw'] as const;

export interface RunningProxy {
  readonly server: ProxyServer;
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string;
  /** What became of each request so far. */
  readonly ended: RequestSummary[];
  /** What operators were told. */
  readonly said: string[];
  /** When so many requests have their outcome. */
  until(count: number): Promise<void>;
}

/** What the proxy runs with, from a configuration as users write it. */
export function setupOf(
  config: Readonly<Record<string, unknown>>,
  secrets: Partial<Secrets> = {},
): ProxySetup {
  const listen = { host: '127.0.0.1', port: 0 };
  const text = JSON.stringify({ listen, admin: { port: 0 }, ...config });
  const parsed = parseProxyConfig({ file: 'fairlead.yaml', text }, vocabulary, engineProblem);
  const all = { adminToken: 'secret', upstreamKey: undefined, ...secrets };
  return proxySetup(parsed, groupFacts(parsed), all);
}

export async function startProxy(
  config: Readonly<Record<string, unknown>>,
  readSetup = () => setupOf(config),
  secrets: Partial<Secrets> = {},
): Promise<RunningProxy> {
  const ended: RequestSummary[] = [];
  const said: string[] = [];
  let onEnded = () => {};
  const server = new ProxyServer({
    setup: setupOf(config, secrets),
    createBrain,
    seed: 1,
    checkInvariants: true,
    version: 'test',
    readSetup,
    say: (message) => said.push(message),
    log: {
      lostLines: 0,
      requestEnded: (summary) => {
        ended.push(summary);
        onEnded();
      },
    },
  });
  const { admin, clients: port } = await server.start();
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      onEnded = () => {
        if (ended.length >= count) resolve();
      };
      onEnded();
    });
  return {
    server,
    url: `http://127.0.0.1:${port}`,
    port,
    adminUrl: `http://127.0.0.1:${admin}`,
    ended,
    said,
    until,
  };
}
