import { AppendRule, type Continuation } from './append-rule.ts';
import { ArrivalFacts } from './arrival-facts.ts';
import { LengthFacts } from './length-facts.ts';
import { InfiniteCache, PrefixLru } from './prefix-facts.ts';
import type { TraceRow } from './trace-row.ts';

const lruBlocks = [1_000, 4_000, 16_000, 64_000];

/**
 * What a trace is like, gathered row by row. Memory grows with the distinct blocks and lengths
 * there are, and not with the rows. Prefixes are looked up in the order the rows are added, so rows
 * should come in the order of the file: without spreading inside ticks.
 */
export class TraceFacts {
  readonly #arrivals = new ArrivalFacts();
  readonly #prompts = new LengthFacts();
  readonly #answers = new LengthFacts();
  readonly #cache = new InfiniteCache();
  readonly #lru: readonly { readonly blocks: number; readonly cache: PrefixLru }[];
  readonly #sessions = new AppendRule();
  readonly #continuations: Record<Continuation, number> = {
    cold: 0,
    'system-only': 0,
    append: 0,
    branch: 0,
  };
  readonly #named = new Set<string>();
  #rows = 0;
  #rowsWithBlocks = 0;

  /** Caches that forget take most of the time; none are followed where nobody looks at them. */
  constructor({ lru = true }: { readonly lru?: boolean } = {}) {
    const sizes = lru ? lruBlocks : [];
    this.#lru = sizes.map((blocks) => ({ blocks, cache: new PrefixLru(blocks) }));
  }

  add(row: TraceRow): void {
    this.#rows += 1;
    this.#arrivals.add(row.arrivalUs);
    this.#prompts.add(row.promptTokens);
    this.#answers.add(row.outputTokens);
    if (row.session !== undefined) this.#named.add(row.session);
    if (row.blocks === undefined) return;
    this.#rowsWithBlocks += 1;
    this.#cache.add(row);
    for (const { cache } of this.#lru) cache.add(row);
    this.#continuations[this.#sessions.next(row).kind] += 1;
  }

  result() {
    return {
      rows: this.#rows,
      arrivals: this.#arrivals.result(),
      promptTokens: this.#prompts.result(),
      outputTokens: this.#answers.result(),
      /** Those the rows name. */
      sessions: this.#named.size === 0 ? undefined : this.#named.size,
      prefixes: this.#rowsWithBlocks === 0 ? undefined : this.#prefixes(),
    };
  }

  #prefixes() {
    return {
      ...this.#cache.result(),
      lru: this.#lru.map(({ blocks, cache: { hitBlocks, hitTokens } }) => {
        return { blocks, hitBlocks, hitTokens };
      }),
      continuations: this.#continuations,
      sessions: this.#sessions.sessions,
    };
  }
}
