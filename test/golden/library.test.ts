import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { writeNdjson } from '../../core/formats/ndjson.ts';
import { runTask } from '../../experiments/run-task.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { libraryNames } from '../../scenarios/library.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { libraryScenario } from '../support/scenarios.ts';

// A golden file freezes what is, right or wrong, so every golden run must satisfy the invariants as
// well. "npm run golden:update" writes the files again; the metrics beside the digest make the
// difference readable.

/** Enough to freeze what the world does; what a strategy does is held by tests of its own. */
const frozen = ['least-requests', 'least-tokens', 'power-of-two', 'random', 'round-robin'];

const pairs = libraryNames().flatMap((name) => frozen.map((strategy) => [name, strategy] as const));

test.each(pairs)('%s under %s gives the results it gave before', async (name, strategyName) => {
  const scenario = libraryScenario(name);
  const strategy = { name: strategyName, options: {} };
  const run = runTask({ scenario, strategy, seed: 1 });
  const digest = createHash('sha256');
  for (const piece of writeNdjson(run.log)) digest.update(piece);
  const { metrics, outcomes } = summariseRun(run, scenario.slo);
  const golden = { records: digest.digest('hex'), outcomes, metrics };
  await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(
    `${name}/${strategyName}.json`,
  );
});

test.each(pairs)('%s under %s keeps every invariant', (name, strategyName) => {
  const strategy = strategies.find((candidate) => candidate.name === strategyName)!;
  // The checks keep books of every request, so a part of the window must do, with all that happens.
  const whole = libraryScenario(name);
  const events = whole.events.map((event) => ({ ...event, at: '40s' }));
  const scenario = { ...whole, events, durationUs: 150_000_000, warmupUs: 30_000_000 };
  const { log } = simulate({
    scenario,
    strategy,
    strategyOptions: {},
    seed: 1,
    checkInvariants: true,
  });
  expect(log.length).toBeGreaterThan(100);
});
