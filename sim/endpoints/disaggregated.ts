import { assert } from '../../core/assert.ts';
import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { BlockListener } from '../replica/kv-cache.ts';
import type { ReplicaListener } from '../replica/pending-answers.ts';
import { Sequence, type SimulatedAttempt } from '../replica/sequence.ts';
import type { Simulation } from '../simulation.ts';
import type { CreateNamed } from './create-endpoint.ts';
import type { Endpoint, EndpointListener } from './endpoint.ts';
import { KvTransfers } from './kv-transfers.ts';
import { ServerGroup } from './server-group.ts';
import { ServerPool } from './server-pool.ts';

export interface DisaggregatedOptions {
  readonly name: string;
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  readonly prefill: number;
  readonly decode: number;
  /** How long it takes to move the KV blocks of a prompt. */
  readonly transferUs: (promptTokens: number) => number;
  readonly createServer: CreateNamed;
  /** Told what the prefill engines have: prompts are looked up there. */
  readonly blocks?: BlockListener | undefined;
}

/** Where a request is; `server` is one of the pool whose turn it is. */
interface Journey {
  readonly prefill: Sequence;
  stage: 'prefill' | 'transfer' | 'decode';
  server: number;
}

/**
 * Engines that compute prompts and others that write answers, behind one address, as in vLLM with
 * the NIXL connector and its proxy: a prefill engine is asked for one token, which is thrown away;
 * the KV blocks of the prompt move on, and a decode engine takes it from there. It computes the
 * last token of the prompt once more, and so gives the first token that the client sees.
 */
export class Disaggregated implements Endpoint {
  readonly name: string;
  readonly silentSinceUs = Number.POSITIVE_INFINITY;
  readonly #options: DisaggregatedOptions;
  readonly #prefill: ServerPool;
  readonly #decode: ServerPool;
  readonly #all: ServerGroup;
  readonly #transfers: KvTransfers;
  readonly #journeys = new Map<SimulatedAttempt, Journey>();

  constructor(options: DisaggregatedOptions) {
    const { blocks, createServer, decode, listener, name, prefill, simulation } = options;
    this.name = name;
    this.#options = options;
    const pool = (role: 'decode' | 'prefill', size: number, answers: ReplicaListener) => {
      const told = role === 'prefill' ? blocks : undefined;
      const create = (i: number) => createServer(`${name}/${role}-${i + 1}`, answers, told);
      return new ServerPool(Array.from({ length: size }, (_, i) => create(i)));
    };
    this.#prefill = pool('prefill', prefill, {
      onFirstToken: () => {},
      onEnd: ({ owner }, nowUs) => this.#onPrefilled(owner!, nowUs),
      onError: ({ owner }, nowUs) => this.#onError(owner!, nowUs),
    });
    this.#decode = pool('decode', decode, {
      onFirstToken: ({ owner }, nowUs) => listener.onFirstToken(owner!, nowUs),
      onEnd: ({ owner }, nowUs) => {
        this.#leave(owner!);
        listener.onEnd(owner!, nowUs);
      },
      onError: ({ owner }, nowUs) => this.#onError(owner!, nowUs),
    });
    this.#all = new ServerGroup([...this.#prefill.servers, ...this.#decode.servers]);
    this.#transfers = new KvTransfers(simulation, ({ owner }, nowUs) =>
      this.#onTransferred(owner!, nowUs),
    );
  }

  get busyUs(): number {
    return this.#all.busyUs;
  }

  get steps(): number {
    return this.#all.steps;
  }

  get counters(): EngineCounters {
    return this.#all.counters;
  }

  snapshot(): Gauges {
    return this.#all.snapshot();
  }

  isConnected(): boolean {
    return true;
  }

  add(attempt: SimulatedAttempt, nowUs: number): void {
    attempt.work.owner = attempt;
    const prefill = new Sequence({ ...attempt.work, outputTokens: 1, finish: 'length' });
    // A request that does not fit is refused where it comes in, not after half of the work.
    prefill.askedTokens = attempt.work.askedTokens;
    prefill.owner = attempt;
    const server = this.#prefill.pick();
    this.#journeys.set(attempt, { prefill, stage: 'prefill', server });
    this.#prefill.servers[server]!.add(prefill, nowUs);
  }

  abort(attempt: SimulatedAttempt, nowUs: number): void {
    const journey = this.#journeys.get(attempt);
    if (journey === undefined) return;
    const { prefill, server, stage } = journey;
    this.#leave(attempt);
    if (stage === 'prefill') this.#prefill.servers[server]!.abort(prefill, nowUs);
    else if (stage === 'transfer') this.#transfers.cancel(attempt.work);
    else this.#decode.servers[server]!.abort(attempt.work, nowUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#all.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    const isEmpty = this.#journeys.size === 0 && this.#transfers.count === 0;
    assert(isEmpty, `invariant 1: ${this.name} still holds requests`);
    this.#all.checkDrained();
  }

  #onPrefilled(attempt: SimulatedAttempt, nowUs: number): void {
    const journey = this.#journeys.get(attempt)!;
    this.#prefill.onEnded(journey.server);
    journey.server = this.#decode.pick();
    journey.stage = 'transfer';
    const { work } = attempt;
    work.remoteTokens = work.promptTokens - 1;
    // To the client, the request began when somebody began to compute it.
    work.scheduledUs = journey.prefill.scheduledUs;
    const transferUs = this.#options.transferUs(work.promptTokens);
    this.#transfers.begin(work, Math.round(nowUs + transferUs));
  }

  #onTransferred(attempt: SimulatedAttempt, nowUs: number): void {
    const journey = this.#journeys.get(attempt)!;
    journey.stage = 'decode';
    this.#decode.servers[journey.server]!.add(attempt.work, nowUs);
  }

  #onError(attempt: SimulatedAttempt, nowUs: number): void {
    this.#leave(attempt);
    this.#options.listener.onError(attempt, nowUs);
  }

  /** What both engines did for the request is told of it as one. */
  #leave(attempt: SimulatedAttempt): void {
    const { prefill, server, stage } = this.#journeys.get(attempt)!;
    this.#journeys.delete(attempt);
    (stage === 'prefill' ? this.#prefill : this.#decode).onEnded(server);
    const { work } = attempt;
    work.preemptions += prefill.preemptions;
    work.cachedTokens = prefill.cachedTokens;
    work.isRefused = prefill.isRefused;
    if (stage === 'prefill') work.scheduledUs = prefill.scheduledUs;
  }
}
