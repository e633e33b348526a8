import type { Random } from '../core/random.ts';
import { findStrategy } from '../experiments/run-task.ts';
import type { ConfigProblem } from '../proxy/config/load-proxy-config.ts';
import type { ProxyConfig } from '../proxy/config/proxy-schema.ts';
import type { GroupFacts, ProxySetup } from '../proxy/config/proxy-setup.ts';
import type { Brain } from '../proxy/generation.ts';
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

/** The strategy with all that it needs; twins are made of what the simulator knows of engines. */
export function createBrain({ config, replicas, strategy }: ProxySetup, random: Random): Brain {
  const definition = findStrategy(strategy.name);
  const groups = groupTwins(config);
  const { needs } = definition;
  const blockTokens = [...groups.values()][0]?.blockTokens ?? usualBlockTokens;
  if (!needs.includes('twin')) {
    const made = definition.create(strategy.options, { random, blockTokens });
    return { strategy: made, needs, blockTokens, onAdded: () => {} };
  }
  const twin = new FleetTwins(replicas.map(({ group }) => groups.get(group)!));
  return {
    strategy: definition.create(strategy.options, { random, blockTokens, twin }),
    needs,
    blockTokens,
    onAdded: ({ group }) => twin.add(groups.get(group)!),
  };
}

function groupTwins({ fleet = [], model }: ProxyConfig): Map<string, GroupTwin> {
  if (model === undefined) return new Map();
  const found = findModel(model);
  return new Map(fleet.map((group) => [group.name, groupTwin(group, found)]));
}
