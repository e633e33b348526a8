import { DecisionReplay, type Difference } from '../../gateway/decision-log/decision-replay.ts';
import type { DecisionEntry } from '../../gateway/decision-log/entry.ts';
import { RecordedStrategy } from '../../gateway/decision-log/recorded-strategy.ts';
import type { Strategy, StrategyDefinition } from '../../strategies/strategy.ts';

/** A strategy that is written down wherever it is made: one log for each gateway. */
export function recorded(definition: StrategyDefinition): {
  readonly strategy: StrategyDefinition;
  readonly logs: DecisionEntry[][];
} {
  const logs: DecisionEntry[][] = [];
  const strategy: StrategyDefinition = {
    ...definition,
    create(options, context) {
      const log: DecisionEntry[] = [];
      logs.push(log);
      return new RecordedStrategy(definition.create(options, context), (entry) => log.push(entry));
    },
  };
  return { strategy, logs };
}

export interface Replayed {
  readonly picks: number;
  readonly differences: readonly Difference[];
}

export function replayed(log: Iterable<DecisionEntry>, strategy: Strategy): Replayed {
  const differences: Difference[] = [];
  const brain = { strategy, onAdded: () => {} };
  const replay = new DecisionReplay(brain, (difference) => differences.push(difference));
  for (const entry of log) replay.take(entry);
  return { picks: replay.picks, differences };
}
