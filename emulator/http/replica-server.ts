import type { Socket } from 'node:net';
import { FairleadError } from '../../core/errors.ts';
import type { EmulatedReplica } from '../emulated-replica.ts';
import { type Fault, FaultSwitch } from './fault-switch.ts';
import { FrontEnd, type FrontEndOptions } from './front-end.ts';

export interface ReplicaServerOptions extends Omit<FrontEndOptions, 'faults'> {
  readonly host: string;
  readonly port: number;
  readonly timeScale: number;
}

/** A replica at its address. */
export class ReplicaServer {
  readonly replica: EmulatedReplica;
  readonly #options: ReplicaServerOptions;
  readonly #frontEnd: FrontEnd;
  readonly #connections = new Set<Socket>();
  readonly #faults: FaultSwitch;
  #port: number;

  constructor(options: ReplicaServerOptions) {
    this.#options = options;
    this.replica = options.replica;
    this.#port = options.port;
    this.#faults = new FaultSwitch({ timeScale: options.timeScale, machine: this });
    this.#frontEnd = new FrontEnd({ ...options, faults: this.#faults });
    this.#frontEnd.server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  get url(): string {
    const { host } = this.#options;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  start(): Promise<void> {
    const { server } = this.#frontEnd;
    return new Promise((resolve, reject) => {
      const { host } = this.#options;
      const onError = ({ message }: Error) => {
        const advice = 'Choose another address or port, or stop who has it.';
        reject(new FairleadError('LISTEN_FAILED', `${host}:${this.#port}: ${message}. ${advice}`));
      };
      server.once('error', onError);
      server.listen({ host, port: this.#port, backlog: 4_096 }, () => {
        server.off('error', onError);
        const address = server.address();
        if (typeof address === 'object' && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.#faults.stop();
    this.replica.halt();
    const { server } = this.#frontEnd;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  /** As `POST /fault`. */
  applyFault(fault: Fault): void {
    this.#faults.apply(fault);
  }

  changePace(factor: number): void {
    this.replica.changePace(factor);
  }

  halt(): void {
    this.replica.halt();
  }

  resetConnections(): void {
    for (const connection of this.#connections) connection.resetAndDestroy();
  }

  refuseConnections(): void {
    this.#frontEnd.server.close();
  }

  /** A new process, which listens where the old one did. */
  restart(): void {
    this.replica.restart();
    if (this.#frontEnd.server.listening) return;
    this.start().catch(({ message }: Error) => process.emitWarning(message));
  }
}
