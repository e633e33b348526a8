import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { engineElsewhere } from '../experiments/fleets/engine-elsewhere.ts';
import type { FleetVariant } from '../experiments/fleets/fleet-variant.ts';
import { autoscaleProblem } from '../scenarios/autoscale-problem.ts';
import { fleetEventProblem } from '../scenarios/fleet-timeline.ts';
import type { ScenarioProblem } from '../scenarios/load.ts';
import type { FleetGroup, Scenario } from '../scenarios/scenario.ts';
import { fleetGroupSchema } from '../scenarios/schema.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { loadScenario } from './load-scenario.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * `4xA100-80GB-SXM`, `2xH100-SXM:tp=2+4xL40S`, or the fleet of another scenario by its name or
 * file. Engines have the options of the scenario's first group, but for what belongs to its GPUs.
 */
export async function fleetVariants(
  texts: readonly string[],
  scenario: Scenario,
): Promise<FleetVariant[]> {
  const variants: FleetVariant[] = [];
  for (const label of [...new Set(texts)]) {
    const isCounted = /^\d+\s*x/i.test(label);
    const fleet = isCounted
      ? groupsOf(label, scenario)
      : (await loadScenario(label, { withTraces: false })).fleet;
    refuseImpossible(label, { ...scenario, fleet });
    variants.push({ label, fleet });
  }
  return variants;
}

function groupsOf(label: string, scenario: Scenario): FleetGroup[] {
  const refuse = (reason: string): never => {
    throw new FairleadError('USAGE', `--fleet ${label}: ${reason}`);
  };
  const names = new Set<string>();
  return label.split('+').map((text) => {
    const [, replicas, gpu, tp] = /^(\d+)x([\w.-]+?)(?::tp=(\d+))?$/.exec(text) ?? [];
    if (replicas === undefined || gpu === undefined) {
      return refuse(
        `found "${text}". Write 4xA100-80GB-SXM, 2xH100-SXM:tp=2 for two GPUs each, several joined by +, or a scenario file.`,
      );
    }
    if (!vocabulary.gpus.includes(gpu)) {
      refuse(`there is no GPU "${gpu}". ${suggestion(gpu, vocabulary.gpus)}`);
    }
    const name = nameFor(gpu, names);
    const engine = { ...carriedOver(scenario), tensorParallelSize: Number(tp ?? 1) };
    const checked = groupSchema.safeParse({ name, gpu, replicas: Number(replicas), engine });
    if (checked.success) return checked.data;
    const [issue] = checked.error.issues;
    return refuse(`${issue!.path.join('.')}: ${issue!.message}`);
  });
}

const groupSchema = fleetGroupSchema(vocabulary);

/** Options that were written for the GPUs of the scenario say nothing about others. */
function carriedOver({ fleet }: Scenario): Partial<FleetGroup['engine']> {
  const { stepTime: _stepTime, ...engine } = engineElsewhere(fleet[0]!.engine);
  return engine;
}

/** Replicas are called by it. */
function nameFor(gpu: string, taken: Set<string>): string {
  const base = gpu.toLowerCase().replaceAll('.', '-');
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

function refuseImpossible(label: string, scenario: Scenario): void {
  const problem: ScenarioProblem | undefined =
    fleetProblem(scenario) ?? autoscaleProblem(scenario) ?? fleetEventProblem(scenario);
  if (problem === undefined) return;
  const { code = 'USAGE' } = problem;
  // What is to be written in a file stands here behind the machines.
  const message = problem.message.replace(/"tensorParallelSize: (\d)" under engine/, ':tp=$1');
  const advice =
    scenario.events.length > 0
      ? 'The events of the scenario name its replicas.'
      : 'What this cannot say, the file of a scenario can: --fleet other.yaml.';
  throw new FairleadError(code, `--fleet ${label}: ${message} ${advice}`);
}
