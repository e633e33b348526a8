import { assert } from '../../core/assert.ts';
import { measuredWindow } from '../../core/measured-window.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { US_PER_S } from '../../core/time.ts';
import type { DecisionEntry } from '../../gateway/decision-log/entry.ts';
import { columnOf, replicaColumns } from '../../gateway/decision-log/replica-looks.ts';
import {
  type RequestSource,
  type RequestSpec,
  RequestStream,
} from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import { freshStrategy, type OfRun } from '../support/fresh-strategy.ts';
import { recorded, replayed } from '../support/recorded-run.ts';
import { scenarioOf, strategyOf, type World } from './world.ts';

/** Where a request is lost, traffic would go on for minutes in the hope that it ends. */
const lastsUs = 5 * US_PER_S;

export interface Played {
  readonly world: World;
  readonly rows: readonly RequestRecord[];
  /** One for each gateway. */
  readonly logs: readonly (readonly DecisionEntry[])[];
}

/**
 * Plays a world and throws where an invariant of the design does not hold. The first eight are
 * watched while it runs, most of them by books that the gateways do not keep themselves; here the
 * run is compared with what was sent, with the decision logs, and with itself once more.
 */
export function checkWorld(world: World, { isTwice = true } = {}): Played {
  const scenario = scenarioOf(world);
  const { logs, run, sent } = play(world, scenario);
  const rows = [...run.log.rows()];
  checkOutcomes(scenario, sent, rows);
  for (const row of rows) checkRow(row, scenario);
  for (const [router, log] of logs.entries()) {
    checkReports(log);
    checkPicks(log, ofRun(world, scenario), router);
  }
  if (isTwice) checkSame(run, play(world, scenario).run);
  return { world, rows, logs };
}

function play(world: World, scenario: Scenario) {
  const run = ofRun(world, scenario);
  const { seed } = run;
  const { logs, strategy } = recorded(run.strategy);
  const { untilUs } = measuredWindow(scenario);
  const sent: RequestSpec[] = [];
  const stream = new RequestStream(scenario, seed);
  const traffic: RequestSource = {
    get nextArrivalUs() {
      const { nextArrivalUs } = stream;
      return nextArrivalUs < untilUs + lastsUs ? nextArrivalUs : Number.POSITIVE_INFINITY;
    },
    next() {
      const request = stream.next();
      if (request.arrivalUs < untilUs) sent.push(request);
      return request;
    },
    ended: (id, nowUs) => stream.ended?.(id, nowUs),
  };
  const question = { ...run, strategy, traffic };
  return { logs, sent, run: simulate({ ...question, checkInvariants: true }) };
}

function ofRun(world: World, scenario: Scenario): OfRun {
  const { options: strategyOptions, seed } = world;
  return { scenario, seed, strategy: strategyOf(world), strategyOptions };
}

/** Whoever came has a row, and only one, and an answer is as long as its model lets it be. */
function checkOutcomes(
  { fleet }: Scenario,
  sent: readonly RequestSpec[],
  rows: readonly RequestRecord[],
): void {
  const longest = fleet.map(({ engine }) => engine.maxModelLen ?? Number.POSITIVE_INFINITY);
  const byId = new Map(rows.map((row) => [row.id, row]));
  assert(byId.size === rows.length, 'invariant 1: a request has two rows');
  assert(
    rows.length === sent.length,
    `invariant 1: ${rows.length} rows of ${sent.length} requests`,
  );
  for (const { arrivalUs, id, outputTokens, promptTokens } of sent) {
    const row = byId.get(id);
    assert(row !== undefined, `invariant 1: request ${id} has no row`);
    const isSame = row.intendedUs === arrivalUs && row.inputTokens === promptTokens;
    assert(isSame, `invariant 1: the row of request ${id} is about another`);
    const isWhole = longest.some(
      (tokens) => row.outputTokens === Math.min(outputTokens, tokens - promptTokens),
    );
    assert(
      row.outcome !== 'ok' || isWhole,
      `invariant 1: request ${id} is ok with ${row.outputTokens} tokens of ${outputTokens}`,
    );
  }
}

function checkRow(row: RequestRecord, { gateway }: Scenario): void {
  const { attempts, dispatchedUs, endUs, firstTokenUs, id, intendedUs, outcome, sentUs } = row;
  const reached = [intendedUs, sentUs, dispatchedUs, firstTokenUs, endUs].filter(
    (us) => !Number.isNaN(us),
  );
  const isOrdered = reached.every((us, index) => index === 0 || reached[index - 1]! <= us);
  assert(isOrdered, `invariant 6: the times of request ${id} are out of order`);
  const isWhole = outcome !== 'ok' || reached.length === 5;
  assert(isWhole, `invariant 1: request ${id} is said to be ok`);
  const most = 1 + (gateway.retries?.most ?? 0) + (gateway.hedging === undefined ? 0 : 1);
  assert(attempts <= most, `invariant 3: request ${id} had ${attempts} attempts`);
  const isSeen = outcome === 'rejected' && attempts > 0;
  assert(!isSeen, `invariant 1: request ${id} was rejected after it had been sent`);
}

const kvUsage = replicaColumns.indexOf('kvUsage');

function checkReports(log: readonly DecisionEntry[]): void {
  const check = (index: number, usage: number) =>
    assert(
      !(usage < 0 || usage > 1),
      `invariant 7: replica ${index} says that it uses ${usage} of its KV cache`,
    );
  for (const entry of log) {
    if (entry.kind === 'replica') check(entry.view.index, columnOf(entry.view, kvUsage));
    if (!('changes' in entry)) continue;
    for (let at = 0; at < entry.changes.length; at += 3) {
      if (entry.changes[at + 1] === kvUsage) check(entry.changes[at]!, entry.changes[at + 2]!);
    }
  }
}

function checkPicks(log: readonly DecisionEntry[], run: OfRun, router: number): void {
  const [first] = replayed(log, freshStrategy(run, router)).differences;
  if (first === undefined) return;
  const { id, recorded: before, replayed: again } = first;
  throw new Error(`invariant 10: request ${id}: picked ${before}, and again ${again}`);
}

function checkSame(first: SimulatedRun, second: SimulatedRun): void {
  const [one, two] = [first, second].map(({ alerts, gaps, log, replicas, steps }) =>
    JSON.stringify([[...log.rows()], alerts, gaps.count, replicas, steps]),
  );
  assert(one === two, 'invariant 9: the same world came out another way');
}
