import { measuredWindow } from '../../core/measured-window.ts';
import type { Threshold } from '../../core/slo.ts';
import { askedRps } from '../../scenarios/asked-rate.ts';
import type { Scenario, Tenant } from '../../scenarios/scenario.ts';
import { meanJob } from '../../scenarios/tenant-source.ts';
import { measureCapacity } from '../load/capacity.ts';
import { idleAnswerTime } from '../load/idle-answer-time.ts';
import type { KnownCapacities } from '../load/resolve-load.ts';
import { canonicalJson } from '../run-id.ts';
import { type Card, type Fleet, fleetGroups, scenarioGroup, uniformFleet } from './fleet.ts';
import { type Losses, leastLeft, leftOvers } from './losses.ts';

/** How many replicas of a card alone would have just the time for this traffic. */
export type Needs = (card: Card) => number;

/**
 * Measured on a replica of each card, roughly: it says where to begin to look, and with a margin
 * what need not be looked at. Traffic whose rate nobody knows beforehand needs nothing, as far as
 * this goes.
 */
export function measureNeeds(
  cards: readonly Card[],
  scenario: Scenario,
  capacities: KnownCapacities = (_scenario, _mix, measure) => measure(),
): ReadonlyMap<string, number> {
  const window = measuredWindow(scenario);
  return new Map(
    cards.map((card) => {
      const alone = { ...scenario, events: [], fleet: fleetGroups(uniformFleet(card, 1)) };
      const known = new Map<string, number>();
      const capacityOf = ({ growth: _growth, ...tenant }: Tenant) => {
        const { arrivals: _arrivals, load: _load, loadRate: _rate, tenant: _name, ...mix } = tenant;
        const key = canonicalJson(mix);
        const measure = () => measureCapacity(alone, tenant, 'rough');
        const rps = known.get(key) ?? capacities(alone, { ...mix, is: 'rough' }, measure).rps;
        known.set(key, rps);
        return rps;
      };
      const need = scenario.traffic.reduce((sum, tenant) => {
        const rps = askedRps(tenant, window);
        return rps > 0 ? sum + rps / capacityOf(tenant) : sum;
      }, 0);
      return [card.group, need];
    }),
  );
}

/**
 * Why a card cannot keep the SLO even with nothing else to do: an answer of mean lengths already
 * takes longer than a tail may. A fleet with such replicas is no candidate.
 */
export function idleProblem(card: Card, scenario: Scenario): string | undefined {
  const alone = { ...scenario, events: [], fleet: fleetGroups(uniformFleet(card, 1)) };
  const time = idleAnswerTime(alone);
  const perTokenMs = time.perAnswerTokenUs / 1_000;
  for (const { prefix, promptTokens, slo } of plainEntries(scenario)) {
    const ttftMs =
      (time.baseUs + time.perPromptTokenUs * promptTokens + time.perAnswerTokenUs) / 1_000;
    for (const threshold of slo) {
      if (!isTail(threshold)) continue;
      const limitMs = threshold.limitUs / 1_000;
      // A prefix may be in the cache, so nothing is known of what its tokens cost.
      const ms = { tpot: perTokenMs, ttft: prefix ? 0 : ttftMs, e2e: 0 }[threshold.metric];
      if (ms <= limitMs) continue;
      return `alone with one request of mean length it takes ${ms.toFixed(0)} ms, and the SLO is ${threshold.text}`;
    }
  }
  return undefined;
}

function plainEntries(scenario: Scenario) {
  return scenario.traffic.map((tenant) => {
    const { job, prefix, slo = scenario.slo, trace } = tenant;
    const hidden = job !== undefined || trace !== undefined || prefix.length > 0;
    const promptTokens = hidden ? 0 : meanJob(tenant, 1).promptTokens;
    return { prefix: hidden, promptTokens, slo };
  });
}

function isTail(threshold: Threshold): threshold is Threshold & { kind: 'latency' } {
  return threshold.kind === 'latency' && /^p9/.test(threshold.statistic);
}

interface Failing {
  readonly replicas: number;
  readonly passesAbove: boolean;
}

/** What is left of so many. */
interface TooLittle {
  readonly left: number;
  readonly passesAbove: boolean;
}

export interface WorthOptions extends Losses {
  readonly needs: Needs;
}

/**
 * What a replica can at most be worth, as a share of the whole traffic. Where fleets of its card
 * alone fail up to some count and pass above it, those of them that are left are not enough: each
 * is worth less than one part of that. Where they never pass, its measured capacity may be worth
 * more in the company of others, who take what it is too slow for.
 */
export class Worth {
  readonly #options: WorthOptions;
  readonly #tooLittle = new Map<string, TooLittle[]>();

  constructor(options: WorthOptions) {
    this.#options = options;
  }

  /** Fleets of this card alone fail with so many replicas, clearly. */
  learn(card: Card, { passesAbove, replicas }: Failing): void {
    const left = replicas === 0 ? 0 : leastLeft(uniformFleet(card, replicas), this.#options);
    const group = scenarioGroup(card);
    const known = this.#tooLittle.get(group) ?? [];
    this.#tooLittle.set(group, [...known, { left, passesAbove }]);
  }

  /** On spot it does as much as on demand, so what is known of the one is known of the other. */
  of(card: Card): number {
    const byCapacity = 1 / this.#options.needs(card);
    const known = this.#tooLittle.get(scenarioGroup(card)) ?? [];
    if (known.length === 0) return byCapacity;
    const bounds = known.map(({ left, passesAbove }) => {
      const bySimulation = 1 / left;
      return passesAbove ? bySimulation : Math.max(bySimulation, byCapacity);
    });
    return Math.min(...bounds);
  }

  /** Whether a mixed fleet need not be looked at: by what is left of it when the worst is lost. */
  isTooLittle(fleet: Fleet): boolean {
    return leftOvers(fleet, this.#options).some((left) => this.#worthOf(left) < margin);
  }

  #worthOf(fleet: Fleet | undefined): number {
    const parts = fleet?.parts ?? [];
    return parts.reduce((sum, { card, replicas }) => sum + replicas * this.of(card), 0);
  }
}

/** Capacities are measured roughly, and mixed fleets may do a little better than their parts. */
export const margin = 0.9;
