/** One of several processes, on whatever machines, that divide the runs of an experiment. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/**
 * Which shard has which run, by the keys of the runs: each has exactly one, whatever the order in
 * which they are listed, and no shard has two more than another. Keys are hashes, so long and short
 * runs are dealt out evenly as well.
 */
export function shardOfEach(keys: Iterable<string>, shards: number): Map<string, number> {
  const sorted = [...new Set(keys)].sort();
  return new Map(sorted.map((key, rank) => [key, (rank % shards) + 1]));
}
