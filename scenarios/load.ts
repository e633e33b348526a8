import { type ErrorCode, FairleadError } from '../core/errors.ts';
import { measuredWindow } from '../core/measured-window.ts';
import { US_PER_S } from '../core/time.ts';
import { askedRps, mostRequests } from './asked-rate.ts';
import { autoscaleProblem } from './autoscale-problem.ts';
import { readChecked } from './checked-file.ts';
import { fleetEventProblem } from './fleet-timeline.ts';
import type { SourceText } from './read-yaml.ts';
import { type Scenario, type Tenant, toScenario } from './scenario.ts';
import { scenarioSchema, type Vocabulary } from './schema.ts';

export interface ScenarioProblem {
  readonly code?: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What only another folder can tell, such as whether the model fits; reported with its place. */
export type ScenarioCheck = (scenario: Scenario) => ScenarioProblem | undefined;

/** Reads a scenario from YAML or JSON. */
export function parseScenario(
  source: SourceText,
  vocabulary: Vocabulary,
  check: ScenarioCheck = () => undefined,
): Scenario {
  const { data, locate } = readChecked(source, schemaFor(vocabulary), {
    syntax: 'SCENARIO_SYNTAX',
    invalid: 'SCENARIO_INVALID',
  });
  const scenario = toScenario(data);
  const problem = crossCheck(scenario) ?? check(scenario);
  if (problem !== undefined) {
    const { code = 'SCENARIO_INVALID', path, message } = problem;
    throw new FairleadError(code, locate(path, message));
  }
  return scenario;
}

const schemas = new WeakMap<Vocabulary, ReturnType<typeof scenarioSchema>>();

/** The same object for the same names, so that what is derived from it is derived once. */
function schemaFor(vocabulary: Vocabulary): ReturnType<typeof scenarioSchema> {
  const schema = schemas.get(vocabulary) ?? scenarioSchema(vocabulary);
  schemas.set(vocabulary, schema);
  return schema;
}

/** What no single field can know. */
function crossCheck(scenario: Scenario): ScenarioProblem | undefined {
  const window = { fromUs: 0, untilUs: scenario.warmupUs + scenario.durationUs };
  let requests = 0;
  for (const [index, tenant] of scenario.traffic.entries()) {
    // What a load asks for is known when the fleet has been measured.
    if (tenant.load !== undefined) continue;
    requests += (askedRps(tenant, window) * window.untilUs) / US_PER_S;
    if (requests > mostRequests) {
      const [asked, most] = [requests, mostRequests].map(
        (n) => `${Number((n / 1e6).toFixed(1))} million`,
      );
      const message = `this asks for about ${asked} requests, and a run holds at most ${most}. Write a lower rate or a shorter duration.`;
      return { path: ['traffic', index, 'arrivals', 'rate'], message };
    }
  }
  const still = scenario.traffic.findIndex((tenant) => isStill(tenant, scenario));
  if (still >= 0) {
    const message =
      'the rate is 0 during all of the measured window, so no factor makes a load of it. Write a curve that is above 0 there.';
    return { path: ['traffic', still, 'arrivals', 'rate'], message };
  }
  const doubled = firstRepeated(scenario.traffic.map(({ tenant }) => tenant));
  if (doubled !== undefined) {
    const message = `"${scenario.traffic[doubled]!.tenant}" is named twice. Write another name.`;
    return { path: ['traffic', doubled, 'tenant'], message };
  }
  if (scenario.slo.length > 0 && scenario.traffic.every(({ slo }) => slo !== undefined)) {
    const message =
      "every tenant has an slo of its own, so this is nobody's. Leave one of them out.";
    return { path: ['slo'], message };
  }
  const member = memberNamedTwice(scenario.traffic);
  if (member !== undefined) {
    const { index, population } = member;
    const name = scenario.traffic[index]!.tenant;
    const message = `"${name}" is already one of the population of "${population}". Write another name.`;
    return { path: ['traffic', index, 'tenant'], message };
  }
  const group = firstRepeated(scenario.fleet.map(({ name }) => name));
  if (group !== undefined) {
    const message = `"${scenario.fleet[group]!.name}" is named twice. Write another name.`;
    return { path: ['fleet', group, 'name'], message };
  }
  return autoscaleProblem(scenario) ?? fleetEventProblem(scenario);
}

function isStill(tenant: Tenant, scenario: Scenario): boolean {
  if (tenant.load === undefined) return false;
  return askedRps(tenant, measuredWindow(scenario)) <= 0;
}

/** An entry that is named like a tenant of another entry's population. */
function memberNamedTwice(traffic: readonly Tenant[]) {
  for (const { population, tenant } of traffic) {
    if (population === undefined) continue;
    const index = traffic.findIndex((other) => {
      if (!other.tenant.startsWith(`${tenant}-`)) return false;
      const number = other.tenant.slice(tenant.length + 1);
      return /^[1-9]\d{0,5}$/.test(number) && Number(number) <= population.tenants;
    });
    if (index >= 0) return { index, population: tenant };
  }
  return undefined;
}

function firstRepeated(names: readonly string[]): number | undefined {
  const index = names.findIndex((name, position) => names.indexOf(name) < position);
  return index < 0 ? undefined : index;
}
