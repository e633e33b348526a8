import { Draw } from './draw.ts';

type Tenant = Readonly<Record<string, unknown>>;

/** A few dozen requests in a few seconds: strangers, users in a loop, conversations, agents. */
export function drawTraffic(seed: number): Tenant[] {
  const draw = new Draw(seed, 'traffic');
  const tenants = draw.between(1, 3);
  return Array.from({ length: tenants }, (_, index) => ({
    tenant: `t${index}`,
    ...drawArrivals(draw, tenants),
    ...drawHabits(draw),
    ...draw.maybe(0.4, 'client', () => drawClient(draw)),
  }));
}

function drawArrivals(draw: Draw, tenants: number): Tenant {
  const mean = (tokens: number) => ({ kind: 'exponential', mean: tokens });
  const lengths = { input: mean(draw.one([15, 60, 120])), output: mean(draw.one([3, 20, 60])) };
  const rate = (requests: number) => draw.one([0.4, 1, 2]) * (requests / tenants);
  const kind = draw.one(['open', 'open', 'open', 'users', 'conversation', 'documents', 'agents']);
  const prefix = draw.maybe(0.4, 'prefix', () => [{ tokens: 40, choices: draw.between(1, 3) }]);
  switch (kind) {
    case 'open': {
      const arrivals = draw.one([
        { kind: 'poisson', rate: rate(26) },
        { kind: 'gamma', cv: 3, rate: rate(26) },
        { kind: 'constant', rate: rate(26) },
      ]);
      // Each tenant of a population has beginnings of its own.
      if (draw.chance(0.7)) return { arrivals, ...lengths, ...prefix };
      return {
        arrivals,
        ...lengths,
        population: { tenants: 4, zipf: 1 },
        prefix: [{ tokens: 40 }],
      };
    }
    case 'users': {
      const users = { users: draw.between(1, 4), pause: draw.one(['50ms', '200ms']) };
      return { users, ...lengths, ...prefix };
    }
    default:
      return { arrivals: { kind: 'poisson', rate: rate(7) }, job: drawJob(draw, kind) };
  }
}

function drawJob(draw: Draw, kind: string): Tenant {
  const mean = (tokens: number) => ({ kind: 'exponential', mean: tokens });
  const answer = mean(draw.one([4, 12]));
  if (kind === 'conversation') {
    const prefix = [{ tokens: 32, choices: 2 }];
    const think = { mean: '200ms', sd: '200ms' };
    return { kind, prefix, turns: mean(3), question: mean(12), answer, think, leaveShare: 0.1 };
  }
  if (kind === 'documents') {
    const [document, questions, question] = [mean(90), mean(3), mean(8)];
    return { kind, documents: 4, document, questions, question, answer, gap: '100ms' };
  }
  const tools = { mean: '150ms', sd: '100ms' };
  return { kind, task: mean(60), rounds: 2, agents: mean(2), branch: mean(10), answer, tools };
}

function drawHabits(draw: Draw): Tenant {
  return {
    ...draw.maybe(0.3, 'finish', () => 'stop'),
    ...draw.maybe(0.4, 'priority', () => draw.between(-1, 1)),
    ...draw.maybe(0.4, 'adapter', () => draw.one(['sql', 'law'])),
    ...draw.maybe(0.4, 'tier', () => draw.one(['gold', 'free'])),
    ...draw.maybe(0.3, 'cacheSalt', () => draw.one(['tenant', 'session'])),
    ...draw.maybe(0.5, 'slo', () => [draw.one(['ttft.p99 < 300ms', 'e2e.p99 < 2s'])]),
  };
}

function drawClient(draw: Draw): Tenant {
  return {
    ...draw.maybe(0.5, 'timeout', () => draw.one(['300ms', '900ms'])),
    ...draw.maybe(0.3, 'firstTokenTimeout', () => draw.one(['60ms', '250ms'])),
    ...(draw.chance(0.6)
      ? { retries: draw.between(1, 3), backoff: draw.one(['1ms', '40ms']) }
      : {}),
    ...(draw.chance(0.4) ? { abortShare: 0.3, abortAfter: draw.one(['20ms', '200ms']) } : {}),
    ...draw.maybe(0.2, 'readTokensPerS', () => 30),
  };
}
