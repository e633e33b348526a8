import type { TraceRow } from './trace-row.ts';

export type Continuation = 'cold' | 'system-only' | 'append' | 'branch';

export interface Inferred {
  readonly kind: Continuation;
  /** Number of the session, from 0. */
  readonly session: number;
  /** From 1. */
  readonly turn: number;
}

interface LastUse {
  readonly session: number;
  readonly turn: number;
  /** Blocks that the prompt filled. */
  readonly fullBlocks: number;
}

/**
 * Tells sessions from the blocks of prompts. Of the leading blocks seen before, the last belongs
 * to the most recent prompt that had it: a prompt which holds all full blocks of that one goes on
 * with its session. One block in common is a system prompt, and anything else a branch.
 */
export class AppendRule {
  sessions = 0;
  /** Of each block, the most recent prompt with it. */
  readonly #lastUse = new Map<number, LastUse>();

  next({ blocks = [], blockTokens = 1, promptTokens }: TraceRow): Inferred {
    let seen = 0;
    while (seen < blocks.length && this.#lastUse.has(blocks[seen]!)) seen += 1;
    const before = seen === 0 ? undefined : this.#lastUse.get(blocks[seen - 1]!)!;
    const kind = continuation(seen, before);
    const goesOn = kind === 'append';
    const session = goesOn ? before!.session : this.sessions++;
    const turn = goesOn ? before!.turn + 1 : 1;
    const use = { session, turn, fullBlocks: Math.floor(promptTokens / blockTokens) };
    for (const id of blocks) this.#lastUse.set(id, use);
    return { kind, session, turn };
  }
}

function continuation(seen: number, before: LastUse | undefined): Continuation {
  if (before === undefined) return 'cold';
  if (seen === 1) return 'system-only';
  return seen >= before.fullBlocks ? 'append' : 'branch';
}
