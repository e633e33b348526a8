import { assert } from '../core/assert.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { ReplicaState } from './replica-state.ts';

/**
 * The laws of the gateway, checked with books of its own rather than with those of the gateway.
 * Numbers are those of the design: 1 every request gets exactly one outcome; 2 in-flight counters
 * equal what is in flight; 3 nothing is sent again after its first token; 4 only a member of the
 * pool is picked; 5 time never runs backwards; 6 arrival ≤ dispatch ≤ first token ≤ end.
 */
export class GatewayInvariants<Work> {
  readonly #replicas: readonly ReplicaState[];
  readonly #inFlight: Set<GatewayRequest<Work>>[];
  readonly #open = new Set<GatewayRequest<Work>>();
  readonly #outside = new Set<number>();
  #clockUs = 0;

  constructor(replicas: readonly ReplicaState[]) {
    this.#replicas = replicas;
    this.#inFlight = replicas.map(() => new Set());
  }

  pooled(index: number, isInPool: boolean): void {
    if (isInPool) this.#outside.delete(index);
    else this.#outside.add(index);
  }

  admitted(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    assert(!this.#open.has(request), `invariant 1: request ${request.id} was admitted twice`);
    assert(request.arrivalUs <= nowUs, `invariant 6: request ${request.id} before its arrival`);
    this.#open.add(request);
  }

  dispatched(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    assert(
      Number.isNaN(request.firstTokenUs),
      `invariant 3: request ${request.id} was sent again after its first token`,
    );
    const { index } = request.replica!;
    assert(
      this.#replicas[index] === request.replica && !this.#outside.has(index),
      `invariant 4: request ${request.id} went to a stranger`,
    );
    this.#inFlight[index]!.add(request);
    this.#checkCounters(index);
  }

  firstToken(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    assert(this.#open.has(request), `invariant 1: a token for the ended request ${request.id}`);
    assert(
      Number.isNaN(request.firstTokenUs),
      `invariant 1: request ${request.id} had two first tokens`,
    );
  }

  ended(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    assert(this.#open.delete(request), `invariant 1: request ${request.id} ended twice`);
    if (request.replica !== undefined) {
      this.#inFlight[request.replica.index]!.delete(request);
      this.#checkCounters(request.replica.index);
    }
    // A time that was not reached compares as false with everything.
    const { arrivalUs, dispatchedUs, firstTokenUs, endUs } = request;
    const disordered =
      arrivalUs > dispatchedUs || dispatchedUs > firstTokenUs || firstTokenUs > endUs;
    assert(!disordered, `invariant 6: the times of request ${request.id} are out of order`);
  }

  closed(): void {
    assert(this.#open.size === 0, `invariant 1: ${this.#open.size} requests without an outcome`);
    for (const { index } of this.#replicas) this.#checkCounters(index);
  }

  #advance(nowUs: number): void {
    assert(nowUs >= this.#clockUs, `invariant 5: from ${this.#clockUs} us back to ${nowUs} us`);
    this.#clockUs = nowUs;
  }

  #checkCounters(index: number): void {
    const replica = this.#replicas[index]!;
    const requests = this.#inFlight[index]!;
    const sums = { promptTokens: 0, awaiting: 0, awaitingPromptTokens: 0 };
    for (const { firstTokenUs, promptTokens } of requests) {
      sums.promptTokens += promptTokens;
      if (!Number.isNaN(firstTokenUs)) continue;
      sums.awaiting += 1;
      sums.awaitingPromptTokens += promptTokens;
    }
    const equal =
      replica.inFlight === requests.size &&
      replica.inFlightPromptTokens === sums.promptTokens &&
      replica.awaiting === sums.awaiting &&
      replica.awaitingPromptTokens === sums.awaitingPromptTokens;
    assert(equal, `invariant 2: the counters of ${replica.name} are wrong`);
  }
}
