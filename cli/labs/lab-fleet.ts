import { type RunningProcesses, startProcesses } from '../../emulator/start-processes.ts';
import { parseProxyConfig } from '../../proxy/config/load-proxy-config.ts';
import { proxySetup } from '../../proxy/config/proxy-setup.ts';
import { ProxyServer } from '../../proxy/proxy-server.ts';
import { type EmulatedFleet, emulatedFleet } from '../emulated-fleet.ts';
import { version } from '../package.ts';
import { createBrain, engineProblem, groupFacts } from '../proxy-brain.ts';
import { vocabulary } from '../vocabulary.ts';
import type { LabOptions } from './lab.ts';

const replicaCount = 2;
const adminToken = 'lab';

/** What the admin interface says of a replica, as far as labs look at it. */
export interface ReplicaState {
  readonly name: string;
  readonly state: string;
  readonly inFlight: number;
  readonly awaiting: number;
}

export interface Decision {
  /** On the clock of `performance.now()`. */
  readonly atUs: number;
  readonly replica: string;
}

/** Two emulated replicas, each a process of its own, and the proxy before them. */
export class LabFleet {
  readonly #planned: EmulatedFleet;
  readonly #running: RunningProcesses[] = [];
  #proxy: ProxyServer | undefined;
  #adminUrl = '';
  /** Where clients come. */
  url = '';

  private constructor(planned: EmulatedFleet) {
    this.#planned = planned;
  }

  /** `config` is what the proxy is to have beside its defaults. */
  static async start(
    { strategy }: Pick<LabOptions, 'strategy'>,
    config: Readonly<Record<string, unknown>> = {},
  ): Promise<LabFleet> {
    const fleet = new LabFleet(await emulatedFleet({ count: replicaCount }));
    try {
      for (let index = 0; index < replicaCount; index++) {
        fleet.#running.push(await fleet.#startReplica(index, 0));
      }
      const choice = strategy && { strategy: { name: strategy.name, ...strategy.options } };
      await fleet.#startProxy({ ...choice, ...config });
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  /** What stands before the story. */
  get text(): string {
    const { model, replicas } = this.#planned;
    const engines = `${replicas[0]!.group.gpu} with ${model.name}`;
    return `two emulated replicas (${engines}), and the proxy by ${this.strategy}`;
  }

  get strategy(): string {
    return this.#proxy!.setup.strategy.name;
  }

  /** The address of a replica, which clients of the proxy do not know. */
  replicaUrl(index: number): string {
    return this.#running[index]!.urls[0]!;
  }

  nameOf(index: number): string {
    return this.#planned.replicas[index]!.name;
  }

  /** By `kill -9`. */
  async kill(index: number): Promise<void> {
    await this.#running[index]!.kill();
  }

  /** A new process where the old one was. */
  async restart(index: number): Promise<void> {
    const { port } = new URL(this.replicaUrl(index));
    this.#running[index] = await this.#startReplica(index, Number(port));
  }

  async stateOf(index: number): Promise<ReplicaState> {
    const states = (await this.#admin('/admin/replicas')) as ReplicaState[];
    return states[index]!;
  }

  /** The latest first. */
  async decisions(): Promise<readonly Decision[]> {
    return (await this.#admin('/admin/decisions?limit=1000')) as Decision[];
  }

  async stop(): Promise<void> {
    await this.#proxy?.stop();
    await Promise.all(this.#running.map((replica) => replica.stop()));
  }

  #startReplica(index: number, port: number): Promise<RunningProcesses> {
    const { model, replicas } = this.#planned;
    return startProcesses({ model, replicas: [replicas[index]!], port }, 1);
  }

  async #startProxy(config: Readonly<Record<string, unknown>>): Promise<void> {
    const { model, replicas } = this.#planned;
    const { group } = replicas[0]!;
    const addresses = replicas.map(({ name }, index) => ({ name, url: this.replicaUrl(index) }));
    const text = JSON.stringify({
      listen: { host: '127.0.0.1', port: 0 },
      admin: { port: 0 },
      replicas: { [group.name]: addresses },
      model: model.name,
      fleet: [{ name: group.name, gpu: group.gpu, replicas: replicaCount }],
      tellStory: true,
      shutdownGrace: '1s',
      ...config,
    });
    const file = 'the configuration of the lab';
    const parsed = parseProxyConfig({ file, text }, vocabulary, engineProblem);
    const setup = proxySetup(parsed, groupFacts(parsed), { adminToken, upstreamKey: undefined });
    const seed = Date.now();
    const proxy = new ProxyServer({
      ...{ setup, createBrain, seed, version, readSetup: () => setup },
      say: (message) => process.stderr.write(`proxy: ${message}\n`),
    });
    const ports = await proxy.start();
    this.#proxy = proxy;
    this.url = `http://127.0.0.1:${ports.clients}`;
    this.#adminUrl = `http://127.0.0.1:${ports.admin}`;
  }

  async #admin(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${adminToken}` };
    return (await fetch(`${this.#adminUrl}${path}`, { headers })).json();
  }
}
