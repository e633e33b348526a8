import type { Threshold } from '../core/slo.ts';
import { usOf } from '../core/time.ts';
import { type ClientOptions, withClientDefaults } from './client-behaviour.ts';
import type { Expectation } from './expectation.ts';
import type { FleetEvent } from './fleet-events.ts';
import type { GatewayOptions } from './gateway-schema.ts';
import type { Growth } from './growth.ts';
import type { PopulationOptions } from './population.ts';
import type { PrefixOptions } from './prefix-tree.ts';
import type { RawScenario } from './schema.ts';
import { parseThreshold } from './thresholds.ts';
import type { TraceOption } from './trace-option.ts';
import type { SharedTrace } from './traces/shared-trace.ts';
import type { UsersOptions } from './users.ts';

/** What was asked: validated, every default filled in, frozen. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly model: string;
  /** The config.json of a model that is not in the catalogue, as it was read; `model` names it. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  readonly fleet: readonly FleetGroup[];
  readonly gateway: GatewayOptions;
  readonly traffic: readonly Tenant[];
  readonly events: readonly FleetEvent[];
  readonly warmupUs: number;
  readonly durationUs: number;
  readonly slo: readonly Threshold[];
  readonly strategies: readonly StrategyChoice[];
  readonly expect?: Expectation | undefined;
}

export type FleetGroup = Readonly<RawScenario['fleet'][number]>;
export type EngineOptions = FleetGroup['engine'];
export type StepTimeOptions = EngineOptions['stepTime'];
export type Disaggregation = NonNullable<FleetGroup['disaggregation']>;
export type ApiServerOptions = EngineOptions['apiServer'];

/** The options of plug-ins stay as they were read; their own schema has checked them. */
export type PluginOptions = Readonly<Record<string, unknown>>;

export interface Tenant {
  readonly tenant: string;
  /** One of these: when requests or jobs come, or who sends one after the other. */
  readonly arrivals?: PluginOptions | undefined;
  readonly users?: UsersOptions | undefined;
  /** In place of arrivals and lengths; `rows` are there once the file was read. */
  readonly trace?: PlayedTrace | undefined;
  /** In place of a rate: a share of what the fleet can sustain of this traffic. */
  readonly load?: number | undefined;
  /** What that is in requests; whoever runs a scenario has it measured first. */
  readonly loadRate?: LoadRate | undefined;
  /** Set by whoever asks what more traffic would do; a file does not say it. */
  readonly growth?: Growth | undefined;
  /** In place of lengths: requests that belong together. */
  readonly job?: PluginOptions | undefined;
  /** What prompts begin with; a job has its own. */
  readonly prefix: PrefixOptions;
  readonly population?: PopulationOptions | undefined;
  readonly cacheSalt: 'none' | 'tenant' | 'session';
  /** Input and output are drawn apart from each other, unless there are `lengths`. */
  readonly input?: PluginOptions | undefined;
  readonly output?: PluginOptions | undefined;
  readonly lengths?: readonly LengthRow[] | undefined;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter?: string | undefined;
  /** Name of its quota tier. */
  readonly tier?: string | undefined;
  /** In place of the objectives of the scenario. */
  readonly slo?: readonly Threshold[] | undefined;
  readonly client?: ClientOptions | undefined;
}

export type PlayedTrace = TraceOption & { readonly rows?: SharedTrace };

/** A load as a rate, of requests or, where there are jobs, of their beginnings. */
export interface LoadRate {
  readonly rps: number;
  /** What the fleet can sustain of this traffic and nothing else. */
  readonly capacityRps: number;
  readonly requestsPerJob: number;
  /** What the rates of the arrivals are multiplied by. */
  readonly factor: number;
}

export type LengthRow = readonly [input: number, output: number, weight?: number | undefined];

export interface StrategyChoice {
  readonly name: string;
  readonly options: PluginOptions;
}

export function toScenario(raw: RawScenario): Scenario {
  return deepFreeze({
    name: raw.name,
    summary: raw.summary,
    model: raw.model,
    fleet: raw.fleet,
    gateway: raw.gateway,
    traffic: raw.traffic.map(toTenant),
    events: raw.events,
    warmupUs: usOf(raw.warmup),
    durationUs: usOf(raw.duration),
    slo: raw.slo.map(parseThreshold),
    strategies: raw.strategies.map((choice) => {
      if (typeof choice === 'string') return { name: choice, options: {} };
      const { name, ...options } = choice;
      return { name: String(name), options };
    }),
    ...(raw.expect === undefined ? {} : { expect: raw.expect }),
  });
}

export function toTenant({
  client,
  input,
  output,
  slo,
  ...tenant
}: RawScenario['traffic'][number]): Tenant {
  return {
    ...tenant,
    ...(input === undefined ? {} : { input: lengthOf(input) }),
    ...(output === undefined ? {} : { output: lengthOf(output) }),
    ...(slo === undefined ? {} : { slo: slo.map(parseThreshold) }),
    ...(client === undefined ? {} : { client: withClientDefaults(client) }),
  };
}

/** A number is a length that is always the same. */
function lengthOf(length: number | PluginOptions): PluginOptions {
  return typeof length === 'number' ? { kind: 'constant', tokens: length } : length;
}

/** The same traffic and fleet with a model that is not in the catalogue. */
export function withModelConfig(
  scenario: Scenario,
  model: string,
  modelConfig: Readonly<Record<string, unknown>>,
): Scenario {
  return deepFreeze({ ...scenario, model, modelConfig: structuredClone(modelConfig) });
}

/** The same with the rows of its traces, by the index of their entry; the columns stay shared. */
export function withTraces(scenario: Scenario, read: ReadonlyMap<number, SharedTrace>): Scenario {
  const traffic = scenario.traffic.map((tenant, index) => {
    const rows = read.get(index);
    if (tenant.trace === undefined || rows === undefined) return tenant;
    return { ...tenant, trace: { ...tenant.trace, rows } };
  });
  return deepFreeze({ ...scenario, traffic });
}

/** The same traffic and fleet with step times that somebody has measured. */
export function withStepProfile(
  scenario: Scenario,
  profile: Readonly<Record<string, unknown>>,
): Scenario {
  const stepTime = { kind: 'profile', profile: structuredClone(profile) } as const;
  const fleet = scenario.fleet.map((group) => ({
    ...group,
    engine: { ...group.engine, stepTime },
  }));
  return deepFreeze({ ...scenario, fleet });
}

/** The same without a policy of the gateway: what a fleet can do is not what that allows. */
export function withPlainGateway(scenario: Scenario): Scenario {
  const { kvEvents, signals } = scenario.gateway;
  return { ...scenario, gateway: { signals, kvEvents } };
}

/** The same scenario with loads that have become rates, in the order of its traffic. */
export function withLoadRates(
  scenario: Scenario,
  rates: readonly (LoadRate | undefined)[],
): Scenario {
  const traffic = scenario.traffic.map((tenant, index) => {
    const loadRate = rates[index];
    return loadRate === undefined ? tenant : { ...tenant, loadRate };
  });
  return deepFreeze({ ...scenario, traffic });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
