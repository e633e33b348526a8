import { expect, test } from 'vitest';
import type { DecisionEntry } from '../../gateway/decision-log/entry.ts';
import { readEntry } from '../../gateway/decision-log/read-entry.ts';
import { RecordedStrategy } from '../../gateway/decision-log/recorded-strategy.ts';
import { writeEntry } from '../../gateway/decision-log/write-entry.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { freshStrategy, type OfRun } from '../support/fresh-strategy.ts';
import { type Replayed, recorded, replayed } from '../support/recorded-run.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

/** Two gateways that retry, hedge and eject before a fleet that breaks, slows down and grows. */
const eventful = smallScenario({
  replicas: 3,
  engine: { maxNumSeqs: 4, numGpuBlocksOverride: 400 },
  traffic: [
    { arrivals: { kind: 'poisson', rate: 45 } },
    {
      ...{ tenant: 'talk', users: { users: 6, pause: '200ms' } },
      job: { kind: 'conversation', turns: 5, question: 60, answer: 40 },
    },
  ],
  gateway: {
    routers: 2,
    signals: { every: '100ms' },
    timeouts: { firstByte: '2s' },
    retries: { backoff: '20ms' },
    hedging: { after: '150ms', budget: 1, atLeast: 2 },
    health: {
      active: { every: '500ms' },
      passive: { kind: 'ejection', time: '1s' },
      slowStart: { window: '2s', by: 'weight' },
    },
    autoscale: {
      r: {
        ...{ min: 3, max: 5, every: '1s', boot: '1s', drain: '60s' },
        ...{ coolDownUp: '0s', coolDownDown: '0s' },
        rule: { kind: 'queue-depth', above: 1, aboveFor: '1s', idleFor: '60s' },
      },
    },
  },
  events: [
    { kind: 'crash', at: '3s', replicas: ['r-1'], down: '2s' },
    { kind: 'slow', at: '6s', replicas: ['r-2'], factor: 6, for: '2s' },
  ],
});

function runOf(name: string, scenario = eventful): OfRun {
  return { scenario, seed: 1, strategy: strategyNamed(name), strategyOptions: {} };
}

function logsOf(run: OfRun): DecisionEntry[][] {
  const { logs, strategy } = recorded(run.strategy);
  simulate({ ...run, strategy });
  return logs;
}

/** Through the text of a file, so that nothing but what is in it can help. */
function throughText(log: readonly DecisionEntry[]): DecisionEntry[] {
  return log.map((entry) => readEntry(JSON.parse(JSON.stringify(writeEntry(entry))) as unknown[]));
}

test.each(strategies.map(({ name }) => name))(
  '%s decides the same again, and is not changed by being written down',
  (name) => {
    const run = runOf(name);
    const { logs, strategy } = recorded(run.strategy);
    const [plain, watched] = [simulate(run), simulate({ ...run, strategy })].map(
      ({ alerts, log, replicas, scaling, steps }) =>
        JSON.stringify([[...log.rows()], alerts, replicas, scaling, steps]),
    );
    expect(watched).toBe(plain);
    expect(logs).toHaveLength(2);
    for (const [router, log] of logs.entries()) {
      const again = throughText(log);
      expect(again).toEqual(log);
      const { differences, picks } = replayed(again, freshStrategy(run, router));
      expect(differences).toEqual([]);
      expect(picks).toBeGreaterThan(200);
    }
  },
);

test('what happens in these runs is what a log must bear', () => {
  const kinds = new Set<string>();
  const outcomes = new Set<string>();
  for (const name of ['predicted-finish', 'precise-prefix', 'dynamo-kv']) {
    for (const entry of logsOf(runOf(name)).flat()) {
      kinds.add(entry.kind);
      if (entry.kind === 'ended') outcomes.add(entry.end.outcome);
      if (entry.kind === 'request' && entry.view.prefixHashes.length > 0) kinds.add('prefix');
      if (entry.kind === 'dispatched' && entry.attempts > 1) kinds.add('again');
    }
  }
  for (const kind of [
    ...['replica', 'request', 'candidates', 'pick', 'dispatched', 'first-token', 'ended'],
    ...['joined', 'left', 'reported', 'kv-event', 'prefix', 'again'],
  ]) {
    expect([...kinds]).toContain(kind);
  }
  for (const outcome of ['ok', 'failed', 'outrun']) expect([...outcomes]).toContain(outcome);
});

/** Of the first gateway; a log of which part was taken away may also be refused. */
function replayOf(name: string, log: readonly DecisionEntry[]): Replayed | 'refused' {
  try {
    return replayed(throughText(log), freshStrategy(runOf(name), 0));
  } catch (error) {
    expect(error).toMatchObject({ code: 'DECISIONS_INVALID' });
    return 'refused';
  }
}

test.each(strategies.map(({ name }) => name))('%s: one pick that was changed is found', (name) => {
  const log = logsOf(runOf(name))[0]!;
  const picks = log.flatMap((entry, at) => (entry.kind === 'pick' ? [at] : []));
  for (const at of [picks[0]!, picks[Math.floor(picks.length / 2)]!, picks.at(-1)!]) {
    const changed = log.with(at, { ...log[at], picked: 'reject' } as DecisionEntry);
    const { id } = (
      log.find(
        (entry) => entry.kind === 'request' && entry.request === (log[at] as PickEntry).request,
      ) as RequestEntry
    ).view;
    const { differences } = replayOf(name, changed) as Replayed;
    expect(differences).toMatchObject([{ id, recorded: 'reject' }]);
  }
});

type PickEntry = Extract<DecisionEntry, { kind: 'pick' }>;
type RequestEntry = Extract<DecisionEntry, { kind: 'request' }>;

// Others may pick the same with a hole; that a file has none is checked by its numbers.
test.each(['least-requests', 'least-tokens'])(
  '%s: a log without one of its early dispatches, or without what it changed, is found',
  (name) => {
    const log = logsOf(runOf(name))[0]!;
    const sent = log.flatMap(({ kind }, at) => (kind === 'dispatched' ? [at] : [])).slice(0, 20);
    expect(sent.length).toBe(20);
    for (const at of sent) {
      const blind = log.with(at, { ...log[at], changes: [] } as DecisionEntry);
      for (const damaged of [log.toSpliced(at, 1), blind]) {
        const found = replayOf(name, damaged);
        if (found !== 'refused') expect(found.differences.length).toBeGreaterThan(0);
      }
    }
  },
);

test('a pick that throws, or is none, is written down as that', () => {
  const thrower = () => {
    throw new Error('no idea');
  };
  const [view] = logsOf(runOf('round-robin'))[0]!.flatMap((one) =>
    one.kind === 'request' ? [one.view] : [],
  );
  for (const pick of [thrower, () => 'hodl' as never]) {
    const log: DecisionEntry[] = [];
    const strategy = new RecordedStrategy({ pick }, (entry) => log.push(entry));
    if (pick === thrower) expect(() => strategy.pick(view!, [], 0)).toThrow('no idea');
    else expect(strategy.pick(view!, [], 0)).toBe('hodl');
    expect(throughText(log).at(-1)).toMatchObject({ kind: 'pick', picked: -1 });
  }
});

test('chance is part of it: with another seed the picks are others', () => {
  const run = runOf('random');
  const [log] = logsOf(run);
  const { differences, picks } = replayed(log!, freshStrategy({ ...run, seed: 2 }, 0));
  expect(differences.length).toBeGreaterThan(picks / 4);
});
