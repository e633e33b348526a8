import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { writeNdjson } from '../../core/formats/ndjson.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { libraryNames } from '../../scenarios/library.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { libraryScenario } from '../support/scenarios.ts';

// A golden file freezes what is, right or wrong, so every golden run must satisfy the invariants as
// well. "npm run golden:update" writes the files again; the metrics beside the digest make the
// difference readable.

/** Enough to freeze what the world does; what a strategy does is held by tests of its own. */
const frozen = ['least-requests', 'least-tokens', 'power-of-two', 'random', 'round-robin'];

const pairs = libraryNames().flatMap((name) => frozen.map((strategy) => [name, strategy] as const));

test.each(pairs)('%s under %s: as before, and no invariant is broken', async (name, strategy) => {
  // The checks keep books of every request, so a part of the window must do, with all that happens.
  const whole = libraryScenario(name);
  const events = whole.events.map((event) => ({ ...event, at: '40s' }));
  const scenario = { ...whole, events, durationUs: 150_000_000, warmupUs: 30_000_000 };
  const run = simulate({
    ...{ scenario, seed: 1 },
    ...strategyOf(strategy),
    checkInvariants: true,
  });
  expect(run.log.length).toBeGreaterThan(100);
  await expect(resultOf(run, scenario)).toMatchFileSnapshot(`${name}/${strategy}.json`);
});

test.each(libraryNames())('%s to its end gives the results it gave before', async (name) => {
  const scenario = libraryScenario(name);
  const run = simulate({ scenario, seed: 1, ...strategyOf('least-tokens') });
  await expect(resultOf(run, scenario)).toMatchFileSnapshot(`${name}/to-its-end.json`);
});

function strategyOf(name: string) {
  const strategy = strategies.find((candidate) => candidate.name === name)!;
  return { strategy, strategyOptions: {} };
}

function resultOf(run: SimulatedRun, scenario: Scenario): string {
  const digest = createHash('sha256');
  for (const piece of writeNdjson(run.log)) digest.update(piece);
  const { metrics, outcomes } = summariseRun(run, scenario.slo);
  return `${JSON.stringify({ records: digest.digest('hex'), outcomes, metrics }, null, 2)}\n`;
}
