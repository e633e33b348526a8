import { type ComparisonResult, comparisonOf } from '../experiments/compare.ts';
import { mergeShards } from '../experiments/shards/merge.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { readShard } from './shard-folder.ts';

export interface MergedComparison {
  readonly result: ComparisonResult;
  readonly scenario: Scenario;
}

export function mergedComparison(folders: readonly string[]): MergedComparison {
  const { question, summaries } = mergeShards(folders.map(readShard), codeFingerprint());
  // All of them are there, so there is a result.
  return { result: comparisonOf(question, summaries)!, scenario: question.scenario };
}
