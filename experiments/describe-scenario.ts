import { sloClassText, type Threshold } from '../core/slo.ts';
import { US_PER_MS } from '../core/time.ts';
import type { Comparison, FleetGroupSummary } from '../reports/summary.ts';
import type { PluginOptions, Scenario, Tenant } from '../scenarios/scenario.ts';
import { sloClasses } from '../scenarios/slo-classes.ts';
import { type FleetFacts, fleetFacts, modelFacts } from '../sim/fleet-facts.ts';
import { type FleetVariant, onFleet, pricesOfFleet, usdPerHour } from './fleets/fleet-variant.ts';
import { loadFigures } from './load/load-figures.ts';

/** What was asked, as results tell it. */
export function describeScenario(scenario: Scenario): Comparison['scenario'] {
  return {
    name: scenario.name,
    summary: scenario.summary,
    model: scenario.model,
    modelBasis: modelFacts(scenario).basis,
    fleet: fleetFacts(scenario).map(describeGroup),
    traffic: scenario.traffic.map(describeTenant),
    slo: [
      ...scenario.slo.map((threshold) => describeObjective(threshold)),
      ...sloClasses(scenario).flatMap((own) =>
        own.slo.map((threshold) => describeObjective(threshold, sloClassText(own, threshold))),
      ),
    ],
    warmupUs: scenario.warmupUs,
    durationUs: scenario.durationUs,
  };
}

/** Machines in place of the scenario's own. */
export function describeFleet(
  scenario: Scenario,
  variant: FleetVariant,
): NonNullable<Comparison['fleets']>[number] {
  return {
    label: variant.label,
    usdPerHour: usdPerHour(variant),
    prices: pricesOfFleet(variant),
    groups: fleetFacts(onFleet(scenario, variant)).map(describeGroup),
  };
}

function describeObjective(
  threshold: Threshold,
  text = threshold.text,
): Comparison['scenario']['slo'][number] {
  return threshold.kind === 'goodput'
    ? { text, metric: 'goodput', limit: threshold.limitShare }
    : { text, metric: threshold.metric, limit: threshold.limitUs / US_PER_MS };
}

function describeTenant(options: Tenant): Comparison['scenario']['traffic'][number] {
  const {
    arrivals,
    input,
    job,
    lengths = [],
    load,
    loadRate,
    output,
    tenant,
    trace,
    users,
  } = options;
  const played = trace && { kind: 'trace', file: trace.file, rows: trace.rows?.rows };
  const both = played ?? job ?? { kind: 'rows', count: lengths.length };
  return {
    tenant,
    arrivals: describeOptions(arrivals ?? played ?? { kind: 'users', ...users }),
    input: describeOptions(input ?? both),
    output: describeOptions(output ?? both),
    ...(load === undefined || loadRate === undefined ? {} : { load: loadFigures(load, loadRate) }),
  };
}

function describeGroup(group: FleetFacts): FleetGroupSummary {
  const { name, gpu, replicas, tensorParallelSize, gpusPerReplica, kvTokens, stepTime, notes } =
    group;
  return {
    name,
    gpu,
    replicas,
    tensorParallelSize,
    gpusPerReplica,
    kvTokens,
    stepTime: { ...stepTime },
    notes: [...notes],
  };
}

/** "poisson, rate 24": what a person would say of a plug-in. */
function describeOptions({ kind, ...options }: PluginOptions): string {
  const entries = Object.entries(options).map(([key, value]) => {
    const isBlock = typeof value === 'object' && value !== null;
    const text = isBlock ? shortened(JSON.stringify(value).replaceAll('"', '')) : String(value);
    return `${key} ${text}`;
  });
  return [String(kind), ...entries].join(', ');
}

/** Tables of a thousand quantiles are for the scenario file, not for a report. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
