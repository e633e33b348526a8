import { FairleadError } from '../core/errors.ts';
import { parseScenario } from '../scenarios/load.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { importedScenario } from './imported-scenario.ts';
import { vocabulary } from './vocabulary.ts';

export interface NamedArguments {
  readonly name: string;
  readonly model: string;
  readonly gpu: string;
  readonly replicas: number;
}

/**
 * Refuses what no scenario can have, before a long trace is read. A complaint is about a place in
 * a scenario; it becomes one about the argument that would stand there.
 */
export function refuseArguments({ gpu, model, name, replicas }: NamedArguments): void {
  const traffic = { arrivals: { kind: 'poisson', rate: 1 }, input: 1, output: 1 };
  const given = { name, model, gpu, replicas };
  const text = importedScenario({ ...given, summary: 'A trace.', comments: [], traffic });
  try {
    parseScenario({ file: 'scenario', text }, vocabulary, fleetProblem);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    const lines = error.message.split('\n').map((line) =>
      line.replace(/^scenario:\d+:\d+ ([\w.[\]]+): /, (_, path) => {
        if (path === 'name') return `--name ${name}: `;
        if (path === 'model') return `--model ${model}: `;
        return path === 'fleet[0].gpu' ? `--gpu ${gpu}: ` : '';
      }),
    );
    throw new FairleadError(error.code, lines.join('\n'));
  }
}
