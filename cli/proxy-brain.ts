import { randomStream } from '../core/random.ts';
import { findStrategy } from '../experiments/run-task.ts';
import type { ConfigProblem } from '../proxy/config/load-proxy-config.ts';
import type { ProxyConfig } from '../proxy/config/proxy-schema.ts';
import type { GroupFacts, ProxySetup } from '../proxy/config/proxy-setup.ts';
import type { Brain, StreamName } from '../proxy/generation.ts';
import { findModel } from '../sim/catalog/lookup.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { FleetTwins } from '../sim/twin/fleet-twins.ts';
import { type GroupTwin, groupTwin } from '../sim/twin/group-twin.ts';

/** Of an engine that nobody has described; what vLLM hashes. */
const usualBlockTokens = 16;

/** Whether vLLM could run what the fleet says. */
export function engineProblem({ fleet, model }: ProxyConfig): ConfigProblem | undefined {
  if (fleet === undefined || model === undefined) return undefined;
  return fleetProblem({ fleet, model });
}

/** What the engines of a group can hold, as far as the configuration says. */
export function groupFacts(config: ProxyConfig): GroupFacts {
  const twins = groupTwins(config);
  return (group) => {
    const { kvTokens = Number.NaN, maxNumSeqs = Number.NaN } = twins.get(group) ?? {};
    return { kvTokens, maxNumSeqs };
  };
}

/** All that a strategy is made of; a decision log keeps it, so that another can be made. */
export interface BrainSetup
  extends StreamName,
    Pick<ProxySetup, 'strategy'>,
    Pick<ProxyConfig, 'fleet' | 'model'> {
  /** The group of each replica. */
  readonly groups: readonly string[];
}

export function brainSetup(setup: ProxySetup, { seed, stream }: StreamName): BrainSetup {
  const { config, replicas, strategy } = setup;
  const { fleet, model } = config;
  return { strategy, seed, stream, fleet, model, groups: replicas.map(({ group }) => group) };
}

export function createBrain(setup: ProxySetup, chance: StreamName): Brain {
  return brainOf(brainSetup(setup, chance));
}

/** The strategy with all that it needs; twins are made of what the simulator knows of engines. */
export function brainOf({ groups, seed, strategy, stream, ...engines }: BrainSetup): Brain {
  const definition = findStrategy(strategy.name);
  const known = groupTwins(engines);
  const { needs } = definition;
  const random = randomStream(seed, stream);
  const blockTokens = [...known.values()][0]?.blockTokens ?? usualBlockTokens;
  if (!needs.includes('twin')) {
    const made = definition.create(strategy.options, { random, blockTokens });
    return { strategy: made, needs, blockTokens, onAdded: () => {} };
  }
  const twin = new FleetTwins(groups.map((group) => known.get(group)!));
  return {
    strategy: definition.create(strategy.options, { random, blockTokens, twin }),
    needs,
    blockTokens,
    onAdded: ({ group }) => twin.add(known.get(group)!),
  };
}

function groupTwins({
  fleet = [],
  model,
}: Pick<ProxyConfig, 'fleet' | 'model'>): Map<string, GroupTwin> {
  if (model === undefined) return new Map();
  const found = findModel(model);
  return new Map(fleet.map((group) => [group.name, groupTwin(group, found)]));
}
