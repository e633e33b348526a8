import { describe, expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { Disaggregated } from '../../sim/endpoints/disaggregated.ts';
import { kvTransferUs } from '../../sim/endpoints/kv-transfer-time.ts';
import { Replica } from '../../sim/replica/replica.ts';
import type { SimulatedAttempt, SimulatedRequest } from '../../sim/replica/sequence.ts';
import { type Process, Simulation } from '../../sim/simulation.ts';
import { plainEngine } from '../support/reference-run.ts';
import { plainSequence } from '../support/sequences.ts';
import { requestView, strayAttempt } from '../support/views.ts';

interface Wish {
  readonly atMs: number;
  readonly input: number;
  readonly output: number;
  readonly abortAtMs?: number;
}

/** Two prefill and two decode engines with steps of 10 ms; a transfer takes 3 ms. */
class Bench implements Process {
  readonly priority = 1;
  slot = -1;
  readonly told: string[][] = [];
  readonly requests: SimulatedRequest[];
  readonly endpoint: Disaggregated;
  /** Which engines got something, in the order in which they did. */
  readonly came: string[] = [];
  readonly #simulation = new Simulation();
  readonly #todo: { readonly atUs: number; readonly act: (nowUs: number) => void }[] = [];

  constructor(wishes: readonly Wish[]) {
    const simulation = this.#simulation;
    const tell =
      (what: string) =>
      ({ request }: SimulatedAttempt, nowUs: number) => {
        this.told[request.id]!.push(`${what} ${nowUs / 1_000}`);
      };
    this.endpoint = new Disaggregated({
      name: 'e',
      simulation,
      listener: { onFirstToken: tell('first'), onEnd: tell('end'), onError: tell('error') },
      prefill: 2,
      decode: 2,
      transferUs: () => 3_000,
      createServer: (name, listener) => {
        const window = { fromUs: 0, untilUs: Number.POSITIVE_INFINITY };
        const counters = { gaps: new GapHistogram(), window };
        const replica = new Replica({
          name,
          config: plainEngine,
          simulation,
          listener,
          ...counters,
        });
        const add = replica.add.bind(replica);
        replica.add = (sequence, nowUs) => {
          this.came.push(name);
          add(sequence, nowUs);
        };
        return replica;
      },
    });
    simulation.add(this);
    this.requests = wishes.map((wish, id) => this.#plan(id, wish));
    this.#todo.sort((a, b) => a.atUs - b.atUs);
    simulation.schedule(this, this.#todo[0]!.atUs);
    simulation.run(() => false);
    this.endpoint.checkDrained();
  }

  wake(nowUs: number): void {
    while (this.#todo[0]?.atUs === nowUs) this.#todo.shift()!.act(nowUs);
    if (this.#todo[0] !== undefined) this.#simulation.schedule(this, this.#todo[0].atUs);
  }

  #plan(id: number, { abortAtMs, atMs, input, output }: Wish): SimulatedRequest {
    const view = requestView(id, input, { arrivalUs: atMs * 1_000 });
    const request = new GatewayRequest(view, plainSequence(id, input, output));
    const attempt = strayAttempt(request);
    this.told.push([]);
    this.#todo.push({ atUs: atMs * 1_000, act: (nowUs) => this.endpoint.add(attempt, nowUs) });
    if (abortAtMs !== undefined) {
      const act = (nowUs: number) => this.endpoint.abort(attempt, nowUs);
      this.#todo.push({ atUs: abortAtMs * 1_000, act });
    }
    return request;
  }
}

describe('separate engines for prompts and answers', () => {
  test('give the first token after the prompt, the transfer and one step more', () => {
    const { told, requests, endpoint } = new Bench([{ atMs: 0, input: 50, output: 3 }]);
    expect(told).toEqual([['first 23', 'end 43']]);
    expect(requests[0]!.work).toMatchObject({ generated: 3, scheduledUs: 0, firstTokenUs: 23_000 });
    expect(endpoint.steps).toBe(1 + 3);
  });

  test('do not let a prompt disturb an answer', () => {
    const { requests } = new Bench([
      { atMs: 0, input: 10, output: 20 },
      { atMs: 50, input: 90, output: 1 },
      { atMs: 52, input: 90, output: 1 },
      { atMs: 54, input: 90, output: 1 },
    ]);
    expect(requests[0]!.work.gapMaxUs).toBe(10_000);
  });

  test('take turns, and whoever has fewer goes first', () => {
    const { came } = new Bench([
      { atMs: 0, input: 10, output: 20 },
      { atMs: 30, input: 10, output: 2 },
      { atMs: 70, input: 10, output: 2 },
    ]);
    const prefill = came.filter((name) => name.includes('prefill'));
    const decode = came.filter((name) => name.includes('decode'));
    expect(prefill).toEqual(['e/prefill-1', 'e/prefill-2', 'e/prefill-1']);
    // The first answer is still being written on the first engine.
    expect(decode).toEqual(['e/decode-1', 'e/decode-2', 'e/decode-2']);
  });

  test.each([
    ['while its prompt is computed', 5, []],
    ['while its blocks move', 12, []],
    ['while its answer is written', 30, ['first 23']],
  ])('forget a request that is aborted %s', (_when, abortAtMs, expected) => {
    const { told } = new Bench([{ atMs: 0, input: 10, output: 9, abortAtMs }]);
    expect(told).toEqual([expected]);
  });

  test('refuse a prompt that is too long as one engine does', () => {
    expect(new Bench([{ atMs: 0, input: 100, output: 1 }]).told).toEqual([['error 0']]);
  });

  test('refuse an answer that is too long before its prompt is computed', () => {
    const { endpoint, told } = new Bench([{ atMs: 0, input: 60, output: 41 }]);
    expect(told).toEqual([['error 0']]);
    expect(endpoint.steps).toBe(0);
  });
});

test('a transfer takes all KV blocks of the prompt, at the speed of the link', () => {
  const engine = { blockSize: 16, kvCacheDtype: 'auto' as const };
  const llama = findModel('Llama-3.1-8B');
  const us = kvTransferUs(engine, llama, { kvTransferGBps: 50, kvTransferMs: 1 });
  // 131,072 bytes a token.
  expect(us(1_600)).toBeCloseTo(1_000 + (1_600 * 131_072) / 50_000, 6);
  expect(us(1)).toBe(us(16));
  const fp8 = kvTransferUs({ ...engine, kvCacheDtype: 'fp8' }, llama, {
    kvTransferGBps: 50,
    kvTransferMs: 0,
  });
  expect(2 * fp8(1_600)).toBeCloseTo(us(1_600) - 1_000, 6);
});
