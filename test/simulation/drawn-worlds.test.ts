import { expect, test } from 'vitest';
import { groupBy } from '../support/group-by.ts';
import { drawWorld } from './draw-world.ts';
import { playedStrategies, scenarioOf } from './world.ts';

const worlds = Array.from({ length: 5_000 }, (_, seed) => drawWorld(seed));

test('every strategy is played in at least fifty worlds, and not always as it comes', () => {
  const played = groupBy(worlds, ({ strategy }) => strategy);
  for (const { name, schema } of playedStrategies) {
    const own = played.get(name) ?? [];
    expect(own.length, name).toBeGreaterThanOrEqual(50);
    const given = own.flatMap(({ options }) => Object.keys(options));
    const known = Object.keys(schema.shape).filter((key) => key !== 'name');
    expect([...new Set(given)].sort(), name).toEqual(known.sort());
  }
});

test('the worlds hold every policy of a gateway, every event and every kind of job', () => {
  const text = JSON.stringify(worlds.slice(0, 500));
  for (const word of [
    ...['admission', 'queue', 'maxInFlight', 'timeouts', 'retries', 'hedging', 'health', 'monitor'],
    ...['active', 'ejection', 'max-fails', 'slowStart', 'routers', 'spread', 'token-bucket'],
    ...['sliding-window', 'round-robin', 'vtc', 'edf', 'priority', 'shedLate', 'disaggregation'],
    ...['crash', 'slow', 'network', 'metrics', 'reclaim', 'add', 'remove', 'weight'],
    ...['hang', 'reset', 'fail-fast', 'users', 'conversation', 'documents', 'agents', 'abortShare'],
  ]) {
    expect(text).toContain(`"${word}"`);
  }
});

test('a world can be printed and read back, and any file could hold it', () => {
  for (const world of worlds.slice(0, 300)) {
    expect(JSON.parse(JSON.stringify(world))).toEqual(world);
    scenarioOf(world);
  }
});

test('a seed draws the same world each time', () => {
  expect(drawWorld(17)).toEqual(worlds[17]);
  expect(drawWorld(18).scenario).not.toEqual(drawWorld(17).scenario);
});
