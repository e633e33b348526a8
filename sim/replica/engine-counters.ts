/** What an engine has counted since its start, as vLLM's `/metrics` has it. */
export interface EngineCounters {
  /** Tokens looked up in the prefix cache, and those found. */
  readonly prefixQueries: number;
  readonly prefixHits: number;
}
