import { performance } from 'node:perf_hooks';
import { randomIndex, randomStream } from '../core/random.ts';
import { noLimits } from '../core/slo.ts';
import type { Attempt } from '../gateway/attempt.ts';
import { Gateway } from '../gateway/gateway.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import { FleetTwins } from '../sim/twin/fleet-twins.ts';
import { strategies } from '../strategies/registry.ts';
import type { ReplicaView, Strategy, StrategyDefinition } from '../strategies/strategy.ts';
import { medianCostS } from './measure.ts';
import { atMost, type Benchmark } from './result.ts';

const replicas = 64;
const inFlightEach = 30;
const promptTokens = 1_200;
const blockTokens = 16;
const picks = 20_000;
const goalNsPerReplica = 1_000;
const goalP99Us = 50;

/** What a decision costs among 64 busy replicas, and the slowest hundredth of the dearest ones. */
export function pickBenchmarks(): Map<string, Benchmark> {
  const each = strategies.map((definition): [string, Benchmark] => [
    `pick.${definition.name}.nsPerReplica`,
    () => atMost(goalNsPerReplica, nsPerReplica(definition), 'ns per replica'),
  ]);
  const slowest: [string, Benchmark] = [
    'pick.predicted-finish.p99Us',
    () => atMost(goalP99Us, p99Us('predicted-finish'), 'us'),
  ];
  return new Map([...each, slowest]);
}

function nsPerReplica(definition: StrategyDefinition): number {
  const { pick } = busyFleet(definition);
  const costS = medianCostS(() => {
    for (let i = 0; i < picks; i++) pick(i);
    return picks * replicas;
  });
  return costS * 1e9;
}

/** So long after the last decision everything has changed, and is looked at anew. */
const pauseUs = 200_000;

/**
 * Each after a pause, which makes a decision dearest. Of the quietest of some rounds, since whatever
 * else the machine does counts as well.
 */
function p99Us(name: string): number {
  const { pick } = busyFleet(strategies.find((definition) => definition.name === name)!);
  const rounds = Array.from({ length: 7 }, () => {
    const times = Float64Array.from({ length: picks / 10 }, (_, i) => {
      const beforeMs = performance.now();
      pick(i, pauseUs);
      return (performance.now() - beforeMs) * 1e3;
    });
    return times.sort()[Math.floor(0.99 * times.length)]!;
  });
  return Math.min(...rounds);
}

/** A strategy in front of replicas that have been busy for a while. */
function busyFleet(definition: StrategyDefinition) {
  const random = randomStream(1, 'bench/picks');
  const strategy = createStrategy(definition);
  let seen: readonly ReplicaView[] = [];
  const watched: Strategy = {
    pick: (request, candidates, nowUs) => {
      seen = candidates;
      return strategy.pick(request, candidates, nowUs);
    },
    onDispatched: (...told) => strategy.onDispatched?.(...told),
    onFirstToken: (...told) => strategy.onFirstToken?.(...told),
    onEnded: (...told) => strategy.onEnded?.(...told),
    onReported: (...told) => strategy.onReported?.(...told),
  };
  const running: Attempt<null>[] = [];
  const gateway = new Gateway<null>({
    replicas: Array.from({ length: replicas }, (_, index) => {
      return { name: `r-${index}`, group: 'r', maxNumSeqs: 256, kvTokens: 400_000 };
    }),
    strategy: watched,
    backend: { start: (attempt) => running.push(attempt), abort: () => {} },
    onOutcome: () => {},
    checkInvariants: false,
  });
  const requests = Array.from({ length: 4_000 }, (_, id) => newRequest(id, random));
  for (const [id, request] of requests.entries()) {
    const nowUs = id * 1_000;
    gateway.submit(request, nowUs);
    if (running.length > 200) gateway.onFirstToken(running[running.length - 200]!, nowUs);
    if (running.length < replicas * inFlightEach) continue;
    gateway.onEnd(running.shift()!, { outputTokens: 200, cachedTokens: 0 }, nowUs);
    if (id % 10 > 0) continue;
    const sample = { sampledAtUs: nowUs, waiting: id % 7, running: 30, kvUsage: 0.4 };
    for (let replica = 0; replica < replicas; replica++) {
      gateway.signals.onReported(replica, sample, nowUs);
    }
  }
  const nowUs = requests.length * 1_000;
  const later = Array.from({ length: 512 }, (_, id) => newRequest(1e6 + id, random));
  const pick = (i: number, everyUs = 1) =>
    strategy.pick(later[i % later.length]!, seen, nowUs + i * everyUs);
  return { pick };
}

function createStrategy(definition: StrategyDefinition): Strategy {
  const random = randomStream(1, `strategy/${definition.name}`);
  const engine = {
    stepTime: {
      stepUs: ({ decodeContext, prefillTokens, sequences }: StepLoad) =>
        5_000 + 100 * sequences + 50 * prefillTokens + 0.01 * decodeContext,
      decodeGrowthUs: () => 0.01,
    },
    maxNumBatchedTokens: 2_048,
    engines: 1,
    maxNumSeqs: 256,
    kvTokens: 400_000,
  };
  const twin = new FleetTwins(Array.from({ length: replicas }, () => engine));
  return definition.create({}, { random, blockTokens, twin });
}

interface StepLoad {
  readonly decodeContext: number;
  readonly prefillTokens: number;
  readonly sequences: number;
}

/** A fifth of its prompt is one of twenty system prompts. */
function newRequest(id: number, random: () => number): GatewayRequest<null> {
  const request = new GatewayRequest<null>(
    {
      id,
      tenant: 'chat',
      session: 1 + randomIndex(random, 1_000),
      turn: 1,
      arrivalUs: id * 1_000,
      promptTokens,
      priority: 0,
      adapter: 0,
      limits: noLimits,
    },
    null,
  );
  const system = randomIndex(random, 20);
  request.prefixHashes = Float64Array.from({ length: promptTokens / blockTokens }, (_, block) =>
    block < 15 ? 1_000 * system + block : 1e9 + 1_000 * id + block,
  );
  return request;
}
