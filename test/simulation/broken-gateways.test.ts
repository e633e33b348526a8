import { afterEach, expect, test, vi } from 'vitest';
import { Attempts } from '../../gateway/attempts.ts';
import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { Pool } from '../../gateway/pool.ts';
import { ArrivalQueue } from '../../gateway/queue/arrival-queue.ts';
import { ReplicaState } from '../../gateway/replica-state.ts';
import { Retries } from '../../gateway/retries.ts';
import { BlockCount } from '../../sim/replica/block-count.ts';
import { Engine } from '../../sim/replica/engine.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { breakMethod } from './break-method.ts';
import { drawWorld } from './draw-world.ts';
import { complaintOf } from './sweep.ts';
import { playedStrategies } from './world.ts';

// A check that cannot fail is worth nothing: gateways and engines are broken here in the ways in
// which such programs break, one at a time, and the drawn worlds must find it and say what it is.

afterEach(() => {
  vi.restoreAllMocks();
});

const onceIn = (often: number, nth: number) => nth % often === 0;

/** Whatever the strategies are called, all of them do this. */
function playAlways(strategy: Strategy): void {
  for (const definition of playedStrategies) {
    vi.spyOn(definition, 'create').mockReturnValue(strategy);
  }
}

const breakages: readonly [what: string, law: RegExp, act: () => void][] = [
  [
    'loses the release of a counter',
    /^invariant 2: the counters/,
    () =>
      breakMethod(ReplicaState, 'ended', (_, original, args, nth) =>
        onceIn(9, nth) ? undefined : original(...args),
      ),
  ],
  [
    'releases a counter twice',
    /^invariant 2: the counters/,
    () =>
      breakMethod(ReplicaState, 'ended', (_, original, args, nth) => {
        original(...args);
        if (onceIn(9, nth)) original(...args);
      }),
  ],
  [
    'counts a request some time after the pick',
    /^invariant 2: the counters/,
    () => breakMethod(ReplicaState, 'sent', () => undefined),
  ],
  [
    'sends again what has begun',
    /^invariant 3: a retry of \d+, which had begun/,
    () =>
      breakMethod(Attempts, 'end', (_, original, args) => {
        original(...args);
        if (args[1] === 'failed') args[0].request.firstTokenUs = Number.NaN;
      }),
  ],
  [
    'sends again to the same replica',
    /^invariant 3: request \d+ was there before/,
    () => breakMethod(GatewayRequest, 'exclude', () => undefined),
  ],
  [
    'sends again without a budget',
    /^invariant 3: (too many retries|the retry of \d+ is beyond)/,
    () =>
      breakMethod(Retries, 'backoffUs', (_, __, [request]) => {
        request.isRetried = true;
        return 1_000;
      }),
  ],
  [
    'picks who is ejected or down',
    /^invariant 4: request \d+ went to .*, which is down or ejected/,
    () =>
      breakMethod(Pool, 'candidatesFor', (pool: Pool, original, args) => {
        const { tried = [] } = args[0] as GatewayRequest<unknown>;
        const members = Array.from({ length: 30 }, (_, index) => pool.member(index));
        const fit = members.filter((one) => one && !one.isFull && !tried.includes(one.index));
        return fit.length > 0 ? fit : original(...args);
      }),
  ],
  [
    'picks who is draining',
    /^invariant 4: request \d+ went to a stranger/,
    () =>
      breakMethod(Pool, 'leave', (pool: Pool, original, args) => {
        const replica = pool.member(args[0]);
        original(...args);
        if (replica !== undefined) replica.isInPool = true;
      }),
  ],
  [
    'forgets an outcome',
    /^invariant 1: nobody knows what became of/,
    () =>
      breakMethod(Gateway, 'onError', (_, original, args) =>
        args[0].request.id % 2 === 0 ? undefined : original(...args),
      ),
  ],
  [
    'ends a request twice',
    /ended twice/,
    () =>
      breakMethod(Gateway, 'onEnd', (_, original, args, nth) => {
        original(...args);
        if (onceIn(9, nth)) original(...args);
      }),
  ],
  [
    'loses who waits',
    /^invariant 8: request \d+ waits/,
    () => breakMethod(ArrivalQueue, 'add', () => undefined),
  ],
  [
    'forgets to look at who waits',
    /^invariant 8: request \d+ waits/,
    () =>
      breakMethod(ArrivalQueue, 'offer', (_, original, args, nth) =>
        onceIn(3, nth) ? undefined : original(...args),
      ),
  ],
  [
    'has a clock that goes back',
    /^invariant 5: /,
    () =>
      breakMethod(Gateway, 'onFirstToken', (_, original, [attempt, nowUs]) =>
        original(attempt, nowUs - 40_000),
      ),
  ],
  [
    'writes down times that cannot be',
    /^invariant 6: /,
    () =>
      breakMethod(Attempts, 'start', (_, original, args) => {
        const attempt = original(...args);
        attempt.startedUs += 50_000;
        return attempt;
      }),
  ],
  [
    'has engines that lose KV blocks',
    /^invariant 7: /,
    () =>
      breakMethod(BlockCount, 'release', (_, original, args, nth) =>
        onceIn(5, nth) ? undefined : original(...args),
      ),
  ],
  [
    'has engines that sleep over their work',
    /^invariant 8: an engine with work is idle/,
    () =>
      breakMethod(Engine, 'fill', (engine: Engine, original, args, nth) => {
        if (!onceIn(9, nth)) return original(...args);
        engine.beginFill(args[0]);
        return engine.settle();
      }),
  ],
  [
    'has chance of its own',
    /^invariant 9: /,
    () => {
      let picks = 0;
      breakMethod(Attempts, 'pick', (_, original, args) => {
        const picked = original(...args);
        return typeof picked === 'string' ? picked : args[1][picks++ % args[1].length];
      });
    },
  ],
  [
    'has strategies that know how long an answer will be',
    /^invariant 10: /,
    () =>
      playAlways({
        pick(request, candidates) {
          const { work } = request as GatewayRequest<{ readonly outputTokens: number }>;
          return candidates[(work?.outputTokens ?? 0) % candidates.length]!;
        },
      }),
  ],
];

function firstComplaint(): string | undefined {
  for (let seed = 0; seed < 200; seed++) {
    const complaint = complaintOf(drawWorld(seed));
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

test.each(breakages)('a gateway that %s is caught', (_what, law, act) => {
  act();
  expect(firstComplaint()).toMatch(law);
});
