import { assert } from '../../core/assert.ts';
import type { CountersInProgress } from './engine-counters.ts';
import type { EngineState } from './engine-state.ts';
import type { Sequence } from './sequence.ts';
import type { StepEnd } from './step-outcome.ts';

/** Whoever waits for the answers of an engine. */
export interface ReplicaListener {
  onFirstToken(sequence: Sequence, nowUs: number): void;
  onEnd(sequence: Sequence, nowUs: number): void;
  onError(sequence: Sequence, nowUs: number): void;
}

/** Who is still to be told something by an engine. Whoever is told may add and abort others. */
export class PendingAnswers {
  readonly #listener: ReplicaListener;
  readonly #maxModelLen: number;
  readonly #counters: CountersInProgress;
  /** Sequences in the engine that nobody was told the end of. */
  #awaited = 0;
  /** Refused at the door, to be told so at the engine's next act. */
  #refused: Sequence[] = [];

  constructor(listener: ReplicaListener, { config, counters }: EngineState) {
    this.#listener = listener;
    this.#maxModelLen = config.maxModelLen;
    this.#counters = counters;
  }

  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  /** False when the sequence is not for the engine. */
  admit(sequence: Sequence): boolean {
    // vLLM answers 400 where prompt and `max_tokens` exceed the model's context.
    if (sequence.askedTokens > this.#maxModelLen) {
      sequence.isRefused = true;
      this.#refused.push(sequence);
      return false;
    }
    sequence.isAwaited = true;
    this.#awaited += 1;
    return true;
  }

  /** Says nothing more of a sequence; false when it is not in the engine. */
  cancel(sequence: Sequence): boolean {
    if (this.hasRefused) this.#refused = this.#refused.filter((other) => other !== sequence);
    if (!sequence.isAwaited) return false;
    this.#release(sequence);
    return true;
  }

  tell({ started, finished }: StepEnd, nowUs: number): void {
    for (const sequence of started) {
      if (sequence.isAwaited) this.#listener.onFirstToken(sequence, nowUs);
    }
    for (const sequence of finished) {
      if (!sequence.isAwaited) continue;
      this.#release(sequence);
      this.#listener.onEnd(sequence, nowUs);
    }
  }

  refuse(nowUs: number): void {
    if (!this.hasRefused) return;
    const refused = this.#refused;
    this.#refused = [];
    this.#counters.finished.error += refused.length;
    for (const sequence of refused) this.#listener.onError(sequence, nowUs);
  }

  checkDrained(name: string): void {
    assert(this.#awaited === 0, `invariant 1: ${name} still holds requests`);
  }

  #release(sequence: Sequence): void {
    sequence.isAwaited = false;
    this.#awaited -= 1;
  }
}
