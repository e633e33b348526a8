import type { ReferenceSequence } from './reference-sequence.ts';

/** Who waits for admission, the next one in front. */
export class ReferenceWaiting {
  readonly #byPriority: boolean;
  #sequences: ReferenceSequence[] = [];

  constructor(policy: 'fcfs' | 'priority') {
    this.#byPriority = policy === 'priority';
  }

  get length(): number {
    return this.#sequences.length;
  }

  get head(): ReferenceSequence {
    return this.#sequences[0]!;
  }

  arrive(sequence: ReferenceSequence): void {
    this.#sequences.push(sequence);
    this.#order();
  }

  /** To the front of the queue, or by priority to wherever it belongs. */
  comeBack(sequence: ReferenceSequence): void {
    this.#sequences.unshift(sequence);
    this.#order();
  }

  remove(sequence: ReferenceSequence): void {
    this.#sequences = this.#sequences.filter((other) => other !== sequence);
  }

  #order(): void {
    if (this.#byPriority) this.#sequences.sort(byUrgency);
  }
}

/** Lower priority numbers first, then whoever came first. */
export function byUrgency(a: ReferenceSequence, b: ReferenceSequence): number {
  return a.work.priority - b.work.priority || a.arrivalNumber - b.arrivalNumber;
}
