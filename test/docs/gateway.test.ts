import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { gatewaySchema } from '../../scenarios/gateway-schema.ts';
import { simulate } from '../../sim/simulate.ts';
import leastRequests from '../../strategies/least-requests.ts';
import { repository } from '../support/run-fairlead.ts';
import { smallScenario, writtenScenario } from '../support/scenarios.ts';

const page = readFileSync(join(repository, 'docs/gateway.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, block]) => parse(block!) as Readonly<Record<string, unknown>>,
);

/** The group of the page is another one than that of a small scenario. */
function inGroup(gateway: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { autoscale, ...rest } = gateway as { autoscale?: Readonly<Record<string, unknown>> };
  return autoscale === undefined ? rest : { ...rest, autoscale: { r: autoscale['a100'] } };
}

test.each(blocks.map((gateway) => [Object.keys(gateway).join(', '), gateway] as const))(
  'a gateway of docs/gateway.md runs: %s',
  (_parts, gateway) => {
    const scenario = smallScenario({ gateway: inGroup(gateway) });
    const question = { scenario, strategy: leastRequests, strategyOptions: {}, seed: 1 };
    const { log } = simulate({ ...question, checkInvariants: true });
    expect(log.length).toBeGreaterThan(30);
  },
);

test('every part of a gateway is shown', () => {
  const shown = new Set(blocks.flatMap((gateway) => Object.keys(gateway)));
  expect([...shown].sort()).toEqual(Object.keys(gatewaySchema.shape).sort());
});

test('the table of a day that scales itself is about the day of the library', () => {
  const { durationUs, fleet } = writtenScenario('diurnal-day');
  const hours = (fleet[0]!.replicas * durationUs) / 3_600e6;
  expect(page).toContain(`three replicas, no autoscaling | ${hours.toFixed(1)} |`);
  expect(fleet[0]!.replicas).toBe(3);
});

test('what is said to be a default is one', () => {
  for (const block of blocks) {
    for (const part of ['signals', 'kvEvents', 'timeouts', 'retries', 'monitor'] as const) {
      if (block[part] === undefined) continue;
      expect(gatewaySchema.parse({ [part]: {} })[part]).toEqual(block[part]);
    }
  }
});
