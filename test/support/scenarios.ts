import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { metricNames } from '../../reports/metrics.ts';
import { readScenarioText } from '../../scenarios/library.ts';
import { parseScenario } from '../../scenarios/load.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Vocabulary } from '../../scenarios/schema.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { strategies } from '../../strategies/registry.ts';

export const vocabulary: Vocabulary = {
  gpus: gpus.map(({ name }) => name),
  models: models.map(({ name }) => name),
  strategies,
  metrics: metricNames,
};

export function loadScenario(yamlText: string, file = 'test.yaml'): Scenario {
  return parseScenario({ file, text: yamlText }, vocabulary);
}

/** Of the library, as it is written. */
export function writtenScenario(name: string): Scenario {
  return parseScenario(readScenarioText(name), vocabulary);
}

const resolved = new Map<string, Scenario>();

/** Of the library, with its loads as rates. */
export function libraryScenario(name: string): Scenario {
  const scenario = resolved.get(name) ?? resolveLoad(writtenScenario(name));
  resolved.set(name, scenario);
  return scenario;
}

export interface SmallScenario {
  readonly replicas?: number;
  /** Added to an engine with steps of 10 ms. */
  readonly engine?: Readonly<Record<string, unknown>>;
  readonly traffic?: readonly SmallTenant[];
  readonly gateway?: Readonly<Record<string, unknown>>;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
  readonly warmup?: string;
  readonly duration?: string;
}

export interface SmallTenant {
  readonly tenant?: string;
  readonly arrivals?: Readonly<Record<string, unknown>>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly lengths?: readonly (readonly number[])[];
  readonly users?: Readonly<Record<string, unknown>>;
  readonly job?: Readonly<Record<string, unknown>>;
  readonly prefix?: readonly Readonly<Record<string, unknown>>[];
  readonly population?: Readonly<Record<string, unknown>>;
  readonly cacheSalt?: string;
  readonly client?: Readonly<Record<string, unknown>>;
  readonly tier?: string;
  readonly slo?: readonly string[];
}

const shortLengths = {
  input: { kind: 'exponential', mean: 100 },
  output: { kind: 'exponential', mean: 20 },
};

/** Two replicas and ten seconds of light traffic, unless told otherwise; JSON is YAML as well. */
export function smallScenario(overrides: SmallScenario = {}): Scenario {
  const { replicas = 2, engine = {}, traffic = [{}], ...rest } = overrides;
  const fixedSteps = { stepTime: { kind: 'fixed', stepMs: 10 }, maxModelLen: 4_096 };
  const scenario = {
    name: 'small',
    summary: 'A scenario of a test.',
    model: 'Llama-3.1-8B',
    fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas, engine: { ...fixedSteps, ...engine } }],
    traffic: traffic.map((tenant) => ({
      ...(tenant.users === undefined ? { arrivals: { kind: 'poisson', rate: 5 } } : {}),
      ...(tenant.lengths === undefined && tenant.job === undefined ? shortLengths : {}),
      ...tenant,
    })),
    warmup: '1s',
    duration: '10s',
    ...rest,
  };
  return loadScenario(JSON.stringify(scenario), 'small.json');
}
