import { Draw } from './draw.ts';

type Options = Readonly<Record<string, unknown>>;

/** One to three gateways that do anything a gateway can do about its fleet; times suit the fleet's. */
export function drawGateway(seed: number): Options {
  const draw = new Draw(seed, 'gateway');
  return {
    signals: {
      every: draw.one(['20ms', '100ms', '1s']),
      ...draw.maybe(0.3, 'delay', () => '15ms'),
      ...draw.maybe(0.3, 'loss', () => 0.3),
    },
    kvEvents: { delay: draw.one(['0ms', '30ms']), ...draw.maybe(0.3, 'loss', () => 0.2) },
    ...draw.maybe(0.3, 'routers', () => draw.between(2, 3)),
    ...draw.maybe(0.3, 'spread', () => 'session'),
    ...draw.maybe(0.35, 'admission', () => drawAdmission(draw)),
    ...draw.maybe(0.45, 'queue', () => drawQueue(draw)),
    ...draw.maybe(0.5, 'maxInFlight', () => draw.one([1, 2, 4, 'maxNumSeqs'])),
    ...draw.maybe(0.4, 'timeouts', () => drawTimeouts(draw)),
    ...draw.maybe(0.5, 'retries', () => drawRetries(draw)),
    ...draw.maybe(0.3, 'hedging', () => ({
      after: draw.one(['20ms', '120ms']),
      budget: draw.one([0, 0.3, 1]),
      atLeast: draw.between(1, 2),
    })),
    ...draw.maybe(0.7, 'health', () => drawHealth(draw)),
    ...draw.maybe(0.15, 'monitor', () => ({ window: '1s', leastRequests: 5 })),
  };
}

function drawAdmission(draw: Draw): Options {
  const tier = () => ({
    ...draw.maybe(0.5, 'concurrent', () => draw.between(1, 6)),
    ...draw.maybe(0.2, 'promptTokens', () => 150),
    ...draw.maybe(0.3, 'requests', () => [
      draw.one([
        { kind: 'token-bucket', perS: 4, burst: 4 },
        { kind: 'sliding-window', most: 6, window: '500ms' },
      ]),
    ]),
    ...draw.maybe(0.3, 'tokens', () => [
      draw.one([
        { kind: 'token-bucket', perS: 400, burst: 400 },
        { kind: 'sliding-window', most: 800, window: '700ms' },
      ]),
    ]),
  });
  return {
    tiers: { default: tier(), free: tier(), ...draw.maybe(0.5, 'gold', tier) },
    assumedOutputTokens: draw.one([1, 30]),
  };
}

function drawQueue(draw: Draw): Options {
  return {
    ordering: draw.one(['fcfs', 'edf', 'priority']),
    fairness: draw.one(['none', 'round-robin', 'vtc']),
    ...draw.maybe(0.4, 'maxLength', () => draw.between(1, 8)),
    ...draw.maybe(0.5, 'maxWait', () => draw.one(['80ms', '500ms'])),
    ...draw.maybe(0.3, 'shedLate', () => true),
    whenNoReplica: draw.one(['hold', 'hold', 'reject']),
  };
}

function drawTimeouts(draw: Draw): Options {
  return {
    ...draw.maybe(0.5, 'connect', () => '15ms'),
    ...draw.maybe(0.5, 'firstByte', () => draw.one(['60ms', '300ms'])),
    ...draw.maybe(0.5, 'idle', () => draw.one(['40ms', '200ms'])),
    ...draw.maybe(0.4, 'total', () => draw.one(['250ms', '1500ms'])),
  };
}

function drawRetries(draw: Draw): Options {
  return {
    most: draw.between(1, 3),
    backoff: draw.one(['1ms', '20ms', '200ms']),
    budget: draw.one([0, 0.2, 1]),
    atLeast: draw.between(1, 3),
  };
}

function drawHealth(draw: Draw): Options {
  const active = () => ({
    every: draw.one(['50ms', '200ms']),
    timeout: draw.one(['10ms', '100ms']),
    fall: draw.between(1, 2),
    rise: draw.between(1, 2),
  });
  const passive = () =>
    draw.chance(0.6)
      ? {
          kind: 'ejection',
          failures: draw.between(1, 3),
          time: draw.one(['50ms', '300ms']),
          maxTime: '1s',
          maxShare: draw.one([0.5, 1]),
          forgive: draw.one(['100ms', '1s']),
        }
      : { kind: 'max-fails', maxFails: draw.between(0, 2), failTimeout: '1s' };
  const slowStart = () => ({
    window: draw.one(['100ms', '700ms']),
    by: draw.one(['weight', 'thinning']),
  });
  return {
    ...draw.maybe(0.5, 'active', active),
    ...draw.maybe(0.75, 'passive', passive),
    panicBelow: draw.one([0, 0.5, 0.5, 1]),
    ...draw.maybe(0.35, 'slowStart', slowStart),
  };
}
