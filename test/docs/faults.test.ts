import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fleetTimeline } from '../../scenarios/fleet-timeline.ts';
import { simulate } from '../../sim/simulate.ts';
import leastRequests from '../../strategies/least-requests.ts';
import { repository } from '../support/run-fairlead.ts';
import { loadScenario } from '../support/scenarios.ts';

type Event = Readonly<Record<string, unknown>> & { readonly kind: string };

const page = readFileSync(join(repository, 'docs/faults.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, block]) => parse(block!) as Event[],
);

test.each(blocks.map((events) => [events.map(({ kind }) => kind).join(', '), events] as const))(
  'the events of docs/faults.md happen: %s',
  (_kinds, events) => {
    const scenario = loadScenario(
      JSON.stringify({
        name: 'faults',
        summary: 'Events of the documentation.',
        model: 'Llama-3.1-8B',
        fleet: [{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 4 }],
        traffic: [
          {
            arrivals: { kind: 'poisson', rate: 4 },
            input: { kind: 'constant', tokens: 512 },
            output: { kind: 'constant', tokens: 128 },
          },
        ],
        events,
      }),
    );
    expect(fleetTimeline(scenario).changes.length).toBeGreaterThanOrEqual(events.length);
    const question = { scenario, strategy: leastRequests, strategyOptions: {}, seed: 1 };
    const { log } = simulate({ ...question, checkInvariants: true });
    expect(log.length).toBeGreaterThan(2_000);
  },
);

test('every kind of event is shown', () => {
  const shown = new Set(blocks.flat().map(({ kind }) => kind));
  const kinds = ['crash', 'slow', 'network', 'metrics', 'reclaim', 'add', 'remove', 'weight'];
  expect([...shown].sort()).toEqual(kinds.sort());
});
