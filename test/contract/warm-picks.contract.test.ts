import { expect, test } from 'vitest';
import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { strategies } from '../../strategies/registry.ts';
import type {
  ReplicaView,
  RequestView,
  Strategy,
  StrategyDefinition,
} from '../../strategies/strategy.ts';
import { heapGrowth } from '../support/heap-growth.ts';
import { strategyContext } from '../support/strategies.ts';
import { requestView, unknownReplicas } from '../support/views.ts';

const replicas = 16;

/** An hour and more into a run: beyond what fits into a small integer, and not whole. */
const lifeBeginsUs = 4e9 + 0.5;
const nowUs = lifeBeginsUs + 3e6;

interface Warm {
  readonly strategy: Strategy;
  readonly candidates: readonly ReplicaView[];
}

/** A strategy that has seen requests come and go, some of them fail, and reports of all ages. */
function warmedUp(definition: StrategyDefinition): Warm {
  const strategy = definition.create({}, strategyContext(definition.name));
  let candidates: readonly ReplicaView[] = [];
  const gateway = new Gateway<null>({
    replicas: unknownReplicas(replicas),
    strategy: {
      ...hooksOf(strategy),
      pick: (request, present, now) => {
        candidates = present;
        return strategy.pick(request, present, now);
      },
    },
    backend: { start: () => {}, abort: () => {} },
    onOutcome: () => {},
    checkInvariants: false,
  });
  const live: GatewayRequest<null>[] = [];
  for (let id = 0; id < 3_000; id++) {
    const now = lifeBeginsUs + id * 1_000;
    const request = new GatewayRequest(requestAt(id, 50 + (id % 700), now), null);
    gateway.submit(request, now);
    if (request.phase === 'attempt') live.push(request);
    if (live.length > 200) end(gateway, live.shift()!, now + 1);
    const sample = { running: id % 9, waiting: id % 4, kvUsage: (id % 10) / 10, sampledAtUs: now };
    // One replica has never said anything, and one has not for a while.
    const talks = id < 1_000 ? replicas - 1 : replicas - 2;
    gateway.signals.onAsked(id % talks);
    gateway.signals.onReported(id % talks, sample, now + 2);
  }
  return { strategy, candidates };
}

function requestAt(id: number, promptTokens: number, arrivalUs: number): RequestView {
  const prefixHashes = Float64Array.from(
    { length: Math.floor(promptTokens / 16) },
    // A fifth of the prompts begin alike for half of what they hold.
    (_, block) => (block < 20 && id % 5 === 0 ? 0 : id * 1e6) + block + 1e10,
  );
  return requestView(id, promptTokens, { arrivalUs, adapter: id % 3, limits, prefixHashes });
}

const limits = { ttftUs: 400_000, tpotUs: 30_000, e2eUs: 1e7 };

function end(gateway: Gateway<null>, request: GatewayRequest<null>, nowUs: number): void {
  const attempt = request.attempt!;
  if (request.id % 50 === 7) {
    gateway.onError(attempt, nowUs);
    return;
  }
  gateway.onFirstToken(attempt, nowUs);
  gateway.onEnd(attempt, { outputTokens: 20, cachedTokens: Number.NaN }, nowUs + 0.25);
}

function hooksOf(strategy: Strategy): Strategy {
  return {
    pick: strategy.pick.bind(strategy),
    onDispatched: (...args) => strategy.onDispatched?.(...args),
    onFirstToken: (...args) => strategy.onFirstToken?.(...args),
    onEnded: (...args) => strategy.onEnded?.(...args),
    onReported: (...args) => strategy.onReported?.(...args),
  };
}

test.each(strategies.map((it) => [it.name, it] as const))(
  '%s allocates nothing for a pick in the middle of its life',
  (_, definition) => {
    const { candidates, strategy } = warmedUp(definition);
    const requests = Array.from({ length: 64 }, (_, id) =>
      requestAt(4_000 - 5 * id, 50 + 30 * id, nowUs),
    );
    const picks = 20_000;
    const pickAll = () => {
      for (let i = 0; i < picks; i++) strategy.pick(requests[i % 64]!, candidates, nowUs);
    };
    // The first rounds run unoptimised code, which boxes every number a call returns.
    const bytes = Math.min(...Array.from({ length: 10 }, () => heapGrowth(pickAll)));
    // A single object for each pick would be at least 16 bytes.
    expect(bytes / picks).toBeLessThan(4);
  },
);
