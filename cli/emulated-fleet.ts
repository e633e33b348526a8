import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import type { PlannedEmulation } from '../emulator/start-replicas.ts';
import { readChecked } from '../scenarios/checked-file.ts';
import type { FleetGroup, Scenario } from '../scenarios/scenario.ts';
import { fleetGroupSchema } from '../scenarios/schema.ts';
import { parseHfConfig } from '../sim/catalog/hf-config.ts';
import { findModel } from '../sim/catalog/lookup.ts';
import type { Model } from '../sim/catalog/model.ts';
import { scenarioModel } from '../sim/scenario-model.ts';
import { readHfConfig } from './hf-config-file.ts';
import { loadScenario } from './load-scenario.ts';
import { vocabulary } from './vocabulary.ts';

export interface EmulatedFleetOptions {
  readonly scenario?: string | undefined;
  readonly group?: string | undefined;
  readonly gpu?: string | undefined;
  readonly model?: string | undefined;
  readonly hfConfig?: string | undefined;
  readonly engine?: readonly string[] | undefined;
  readonly count?: number | undefined;
}

export interface EmulatedFleet {
  readonly model: Model;
  readonly replicas: readonly PlannedEmulation[];
}

/** Which replicas a command line asks for: those of a scenario, or equal ones as it describes. */
export async function emulatedFleet(options: EmulatedFleetOptions): Promise<EmulatedFleet> {
  const { count, scenario } = options;
  if (scenario === undefined) {
    if (options.group !== undefined) {
      const message = '--group is of the fleet of a scenario. Name that with --scenario.';
      throw new FairleadError('USAGE', message);
    }
    const group = describedGroup(options);
    return { model: describedModel(options), replicas: replicasOf(group, count ?? 1) };
  }
  if (options.gpu !== undefined || options.model !== undefined || options.engine !== undefined) {
    const message =
      'A scenario has its own GPU, model and engine. Leave out --gpu, --model and --engine, or --scenario.';
    throw new FairleadError('USAGE', message);
  }
  const { hfConfig } = options;
  const loaded = await loadScenario(scenario, { withTraces: false, hfConfig });
  const groups = chosenGroups(loaded.fleet, options);
  refuseDisaggregated(groups);
  const replicas = groups.flatMap((group) => replicasOf(group, count ?? group.replicas));
  return { model: scenarioModel(loaded), replicas };
}

/** All replicas of a scenario. */
export function emulatedScenario(scenario: Scenario): EmulatedFleet {
  const { fleet } = scenario;
  refuseDisaggregated(fleet);
  const replicas = fleet.flatMap((group) => replicasOf(group, group.replicas));
  return { model: scenarioModel(scenario), replicas };
}

function chosenGroups(
  fleet: readonly FleetGroup[],
  { count, group }: EmulatedFleetOptions,
): readonly FleetGroup[] {
  const names = fleet.map(({ name }) => name);
  const groups = group === undefined ? fleet : fleet.filter(({ name }) => name === group);
  if (groups.length === 0) {
    const message = `there is no group "${group}" in the fleet. ${suggestion(group!, names)}`;
    throw new FairleadError('USAGE', message);
  }
  if (count !== undefined && groups.length > 1) {
    const message = `The fleet has ${groups.length} groups. Name one with --group, or leave out --count.`;
    throw new FairleadError('USAGE', message);
  }
  return groups;
}

function describedModel({ hfConfig, model }: EmulatedFleetOptions): Model {
  if (hfConfig === undefined) return findModel(model ?? 'Llama-3.1-8B');
  const { config, name } = readHfConfig(hfConfig);
  return parseHfConfig(config, model ?? name);
}

/** Two engines of a replica that hand over keys and values are not played here. */
function refuseDisaggregated(groups: readonly FleetGroup[]): void {
  const group = groups.find(({ disaggregation }) => disaggregation !== undefined);
  if (group === undefined) return;
  const message = `the group ${group.name} is disaggregated, which is only simulated. Name another with --group.`;
  throw new FairleadError('ENGINE_UNSUPPORTED', message);
}

/** The same keys, checks and complaints as in the file of a scenario. */
function describedGroup({ engine, gpu }: EmulatedFleetOptions): FleetGroup {
  const described = {
    name: 'replica',
    gpu: gpu ?? 'A100-80GB-SXM',
    replicas: 1,
    engine: nested(engine ?? []),
  };
  const source = { file: 'the command line', text: JSON.stringify(described) };
  const errors = { syntax: 'USAGE', invalid: 'USAGE' } as const;
  try {
    return readChecked(source, fleetGroupSchema(vocabulary), errors).data;
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    throw new FairleadError('USAGE', asArguments(error.message));
  }
}

/** There are no lines and columns on a command line, and no colons after keys. */
function asArguments(message: string): string {
  return message
    .replaceAll(/^the command line:\d+:\d+ (engine\.)?/gm, (_, isOption) =>
      isOption ? '--engine ' : '--',
    )
    .replaceAll(/"(\w+): /g, '"$1=');
}

function replicasOf(group: FleetGroup, count: number): PlannedEmulation[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${group.name}-${index + 1}`,
    group,
  }));
}

/** `apiServer.requestMs=0` is `{ apiServer: { requestMs: 0 } }`. */
function nested(pairs: readonly string[]): object {
  const engine = emptyRecord();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) {
      const message = `--engine takes key=value, such as maxNumSeqs=64, not "${pair}".`;
      throw new FairleadError('USAGE', message);
    }
    const keys = pair.slice(0, at).split('.');
    let inner = engine;
    for (const key of keys.slice(0, -1)) {
      const copy = recordOf(inner[key] ?? {}, key, pair);
      inner[key] = copy;
      inner = copy;
    }
    inner[keys.at(-1)!] = parsedValue(pair.slice(at + 1));
  }
  return engine;
}

/** Without a prototype, so that its names are keys like any others. */
function emptyRecord(): Record<string, unknown> {
  return Object.create(null);
}

function recordOf(value: unknown, key: string, pair: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.assign(emptyRecord(), value);
  }
  const message = `--engine ${pair}: "${key}" has been given the value ${JSON.stringify(value)} before, which has no keys. Leave one of the two out.`;
  throw new FairleadError('USAGE', message);
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
