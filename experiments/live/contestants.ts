import { suggestion } from '../../core/closest.ts';
import { FairleadError } from '../../core/errors.ts';
import { type Balancer, type BalancerPolicy, policyOf } from '../../deploy/balancer.ts';
import { balancers } from '../../deploy/registry.ts';
import type { StrategyChoice } from '../../scenarios/scenario.ts';
import { findStrategy } from '../run-task.ts';
import { withLabels } from '../strategy-labels.ts';

/** Who picks the replica of each request in a live run. */
export type Contestant =
  | {
      readonly kind: 'strategy';
      /** As in all tables. */
      readonly name: string;
      readonly strategy: StrategyChoice;
    }
  | {
      readonly kind: 'balancer';
      readonly name: string;
      readonly balancer: Balancer;
      readonly policy: BalancerPolicy;
    };

export interface Via {
  readonly balancer: Balancer;
  readonly policy: BalancerPolicy;
}

/** "nginx" or "nginx:round_robin". */
export function viaOf(text: string): Via {
  const [name = '', policy] = text.split(':', 2);
  const balancer = balancers.find((one) => one.name === name);
  if (balancer === undefined) {
    const names = balancers.map((one) => one.name);
    throw new FairleadError('USAGE', `there is no balancer "${name}". ${suggestion(name, names)}`);
  }
  return { balancer, policy: policyOf(balancer, policy ?? balancer.policies[0]!.name) };
}

export function contestantsOf(
  strategies: readonly StrategyChoice[],
  via: readonly Via[],
): Contestant[] {
  const labelled = withLabels(strategies.map((strategy) => ({ strategy, runs: [] })));
  return [
    ...strategies.map((strategy, index) => ({
      kind: 'strategy' as const,
      name: labelled[index]!.strategy.name,
      strategy,
    })),
    ...via.map(({ balancer, policy }) => ({
      kind: 'balancer' as const,
      name: `${balancer.name}:${policy.name}`,
      balancer,
      policy,
    })),
  ];
}

/** What stands for it in the simulator; undefined where nothing does. */
export function simulatedStrategy(contestant: Contestant): StrategyChoice | undefined {
  if (contestant.kind === 'strategy') return contestant.strategy;
  const { equivalent } = contestant.policy;
  return equivalent && { name: equivalent.name, options: equivalent.options };
}

/** The live proxy is told less than the simulated one: nothing of what is in the caches. */
export function canRunLive({ name }: StrategyChoice): boolean {
  return !findStrategy(name).needs.includes('kv-events');
}

/** Where both worlds do not know or do the same, and how that may show. */
export function differencesOf(contestant: Contestant, timeScale: number): string[] {
  if (contestant.kind === 'balancer') {
    const { name, policy } = contestant;
    if (policy.equivalent === undefined) {
      return [`${name}: no strategy of ours picks as it does, so it is not simulated.`];
    }
    return policy.equivalent.likeness === 'close'
      ? [
          `${name}: it is simulated as ${policy.equivalent.name}, which is close to it, not the same.`,
        ]
      : [];
  }
  const { name, strategy } = contestant;
  const { needs } = findStrategy(strategy.name);
  const texts: string[] = [];
  if (needs.includes('prefix')) {
    texts.push(
      `${name}: simulated it sees the blocks of a prompt as the engine hashes them, live as the proxy reads them from the body.`,
    );
  }
  if (needs.includes('twin') && timeScale !== 1) {
    texts.push(
      `${name}: it forecasts in seconds of the clock, and these engines go ${timeScale} times as fast. Only --time-scale 1 says how good it is.`,
    );
  }
  const inSeconds = optionsInSeconds(strategy);
  if (inSeconds.length > 0 && timeScale !== 1) {
    texts.push(
      `${name}: ${inSeconds.join(', ')} stay in seconds of the clock, of which one is ${timeScale} of the scenario.`,
    );
  }
  return texts;
}

function optionsInSeconds({ name }: StrategyChoice): string[] {
  return Object.entries(findStrategy(name).schema.shape)
    .filter(([, { description }]) => /\bseconds\b/i.test(description ?? ''))
    .map(([option]) => option);
}
