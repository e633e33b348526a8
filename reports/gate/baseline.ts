import { z } from 'zod';
import { metricNames } from '../metrics.ts';
import { latencyQuantileNames } from '../summary.ts';

/** What a regression gate holds later runs against; it is kept in git beside the scenario. */
export const baselineVersion = 1;

const figure = z.number().nullable();

/** One run, with the figures that a gate may look at. */
const baselineRun = z.object({
  seed: z.int(),
  /** Of all its records. */
  digest: z.string(),
  saturated: z.boolean(),
  metrics: z.partialRecord(z.enum(metricNames), figure),
  latencyMs: z.partialRecord(z.enum(latencyQuantileNames), figure),
  /** By replica. */
  tpotP50Ms: z.record(z.string(), figure),
});
export type BaselineRun = z.output<typeof baselineRun>;

const loadRate = z.object({
  rps: z.number(),
  capacityRps: z.number(),
  requestsPerJob: z.number(),
  factor: z.number(),
});

/** What requests come, and what is asked of them: runs of other traffic are not paired. */
const baselineTraffic = z.object({
  warmupUs: z.number(),
  durationUs: z.number(),
  slo: z.array(z.string()),
  tenants: z.array(
    z.object({
      tenant: z.string(),
      /** Of everything that is said of it. */
      key: z.string(),
      /** A load as the rate it was: a share of what a slower fleet can do would be less traffic. */
      loadRate: loadRate.optional(),
    }),
  ),
});
export type BaselineTraffic = z.output<typeof baselineTraffic>;

const baselineScenario = z.object({
  /** Who made it: of Fairlead, and of the code of the simulation. */
  version: z.string(),
  code: z.string(),
  strategy: z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
  traffic: baselineTraffic,
  runs: z.array(baselineRun).min(1),
});
export type BaselineScenario = z.output<typeof baselineScenario>;

export const baselineSchema = z.object({
  kind: z.literal('gate-baseline'),
  schemaVersion: z.literal(baselineVersion),
  scenarios: z.record(z.string(), baselineScenario),
});
export type Baseline = z.output<typeof baselineSchema>;

/** As a file whose difference in git can be read: scenarios by name, and a line for each seed. */
export function baselineText({ kind, scenarios, schemaVersion }: Baseline): string {
  const names = Object.keys(scenarios).sort();
  const blocks = names.map((name) => `    ${JSON.stringify(name)}: ${block(scenarios[name]!)}`);
  return [
    '{',
    `  "kind": "${kind}",`,
    `  "schemaVersion": ${schemaVersion},`,
    '  "scenarios": {',
    blocks.join(',\n'),
    '  }',
    '}',
    '',
  ].join('\n');
}

function block({ runs, ...rest }: BaselineScenario): string {
  const lines = Object.entries(rest).map(
    ([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  const seeds = runs.map((run) => `        ${JSON.stringify(run)}`).join(',\n');
  return ['{', ...lines, `      "runs": [\n${seeds}\n      ]`, '    }'].join('\n');
}
