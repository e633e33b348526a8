import { expect, test } from 'vitest';
import { askedRps } from '../../scenarios/asked-rate.ts';
import { libraryNames } from '../../scenarios/library.ts';
import { writtenScenario } from '../support/scenarios.ts';

test.each(libraryNames())('%s is no longer than a few seconds take to simulate', (name) => {
  const { durationUs, traffic, warmupUs } = writtenScenario(name);
  const untilUs = warmupUs + durationUs;
  const written = traffic.filter(({ load }) => load === undefined);
  const rps = written.reduce((sum, tenant) => sum + askedRps(tenant, { fromUs: 0, untilUs }), 0);
  expect((rps * untilUs) / 1e6).toBeLessThan(650_000);
});
