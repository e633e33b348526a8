import { randomStream } from '../core/random.ts';
import type { AttemptWatcher } from '../gateway/attempt-watcher.ts';
import type { DistributionAlert } from '../gateway/distribution-monitor.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { GatewayRequest } from '../gateway/gateway-request.ts';
import { needsClock, policyOf } from '../gateway/policy-of.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import type { EndpointListener } from './endpoints/endpoint.ts';
import type { Fleet } from './fleet.ts';
import { GatewayClock } from './gateway-clock.ts';
import type { Sequence, SimulatedAttempt, SimulatedRequest } from './replica/sequence.ts';
import type { Simulation } from './simulation.ts';
import { FleetTwins } from './twin/fleet-twins.ts';

export interface GatewaysOptions {
  readonly scenario: Scenario;
  readonly strategy: StrategyDefinition;
  readonly strategyOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly simulation: Simulation;
  readonly fleet: Fleet;
  readonly onOutcome: (request: SimulatedRequest) => void;
  /** Follow the attempts of all gateways. */
  readonly watchers?: readonly AttemptWatcher<Sequence>[];
  readonly checkInvariants: boolean;
}

/**
 * The gateways of a scenario beside each other, before the same fleet. Each has a strategy, chance
 * and books of its own, and knows nothing of what the others do.
 */
export class Gateways implements EndpointListener {
  readonly all: readonly Gateway<Sequence>[];
  readonly alerts: DistributionAlert[] = [];
  readonly #bySession: boolean;
  readonly #clocks: GatewayClock[] = [];

  constructor(options: GatewaysOptions) {
    const { routers = 1, spread } = options.scenario.gateway;
    this.#bySession = spread === 'session';
    this.all = Array.from({ length: routers }, (_, router) => this.#create(router, options));
  }

  /** Whose request it is: the same whenever one asks. */
  of({ id, session }: GatewayRequest<Sequence>): Gateway<Sequence> {
    const { length } = this.all;
    if (length === 1) return this.all[0]!;
    if (!this.#bySession || session === 0) return this.all[id % length]!;
    return this.all[(Math.imul(session, 0x9e3779b1) >>> 16) % length]!;
  }

  get inSystem(): number {
    let sum = 0;
    for (const { inSystem } of this.all) sum += inSystem;
    return sum;
  }

  submit(request: SimulatedRequest, nowUs: number): void {
    this.of(request).submit(request, nowUs);
  }

  cancel(request: SimulatedRequest, outcome: 'cancelled' | 'timeout', nowUs: number): void {
    this.of(request).cancel(request, outcome, nowUs);
  }

  onFirstToken(attempt: SimulatedAttempt, nowUs: number): void {
    this.of(attempt.request).onFirstToken(attempt, nowUs);
  }

  onEnd(attempt: SimulatedAttempt, nowUs: number): void {
    const { cachedTokens, generated: outputTokens } = attempt.work;
    this.of(attempt.request).onEnd(attempt, { outputTokens, cachedTokens }, nowUs);
  }

  /** Who asks for more than the model's context has only himself to blame. */
  onError(attempt: SimulatedAttempt, nowUs: number): void {
    const outcome = attempt.work.isRefused ? 'refused' : 'failed';
    this.of(attempt.request).onError(attempt, nowUs, outcome);
  }

  /** What happens to the fleet at one instant. */
  together(nowUs: number, change: () => void): void {
    let all = change;
    for (const gateway of this.all) {
      const inner = all;
      all = () => gateway.together(nowUs, inner);
    }
    all();
  }

  start(): void {
    for (const clock of this.#clocks) clock.start();
  }

  stopChecks(): void {
    for (const gateway of this.all) gateway.stopChecks();
  }

  /** Between two events: nobody waits who could be served. */
  checkSettled(): void {
    for (const { inSystem, invariants } of this.all) if (inSystem > 0) invariants?.settled();
  }

  /** When nothing more happens. */
  checkDrained(): void {
    for (const { invariants } of this.all) invariants?.drained();
  }

  close(nowUs: number): void {
    for (const gateway of this.all) gateway.close(nowUs);
  }

  #create(router: number, options: GatewaysOptions): Gateway<Sequence> {
    const { checkInvariants, fleet, onOutcome, scenario, seed, simulation, strategy } = options;
    // The first is the one there is without others, and draws what that one draws.
    const suffix = router === 0 ? '' : `/router-${router + 1}`;
    const random = randomStream(seed, `strategy/${strategy.name}${suffix}`);
    const twin = strategy.needs.includes('twin') ? new FleetTwins(fleet.twins) : undefined;
    const context = { random, blockTokens: fleet.blockTokens, twin };
    const policy = policyOf(scenario.gateway);
    const clock = needsClock(policy) ? new GatewayClock(simulation) : undefined;
    const gateway = new Gateway<Sequence>({
      replicas: fleet.facts,
      strategy: strategy.create(options.strategyOptions, context),
      backend: fleet,
      policy,
      clock,
      random: randomStream(seed, `gateway${suffix}`),
      watchers: options.watchers,
      onOutcome,
      onAlert: (alert) => this.alerts.push(alert),
      checkInvariants,
    });
    if (clock !== undefined) {
      clock.gateway = gateway;
      this.#clocks.push(clock);
    }
    return gateway;
  }
}
