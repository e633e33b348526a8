import type { Sequence } from './sequence.ts';

export interface AnswersInProgressOptions {
  readonly blockSize: number;
  /** Steps in flight: tokens are known when the step that brought them has ended. */
  readonly depth: number;
  /** Gives the full blocks within so many tokens of a sequence their hash. */
  readonly register: (sequence: Sequence, tokens: number) => void;
}

/**
 * The texts that members of the decode batch are writing. vLLM makes each block of an answer
 * hittable as soon as it is full; here that is put off until a prompt comes that has the text in
 * it, or the sequence leaves the batch. Nobody can tell the difference.
 */
export class AnswersInProgress {
  readonly #options: AnswersInProgressOptions;
  readonly #writers = new Map<number, Sequence[]>();

  constructor(options: AnswersInProgressOptions) {
    this.#options = options;
  }

  add(sequence: Sequence): void {
    const { text } = sequence.answer;
    const writers = this.#writers.get(text);
    if (writers === undefined) this.#writers.set(text, [sequence]);
    else writers.push(sequence);
  }

  /** It was last scheduled in step `last`, the others in `scheduled`, or in one being scheduled. */
  remove(sequence: Sequence, last: number, scheduled: number): void {
    const { text } = sequence.answer;
    const writers = this.#writers.get(text)!;
    if (writers.length === 1) {
      this.#options.register(sequence, this.#knownTokens(sequence, last));
      this.#writers.delete(text);
    } else {
      this.#registerAll(writers, (other) =>
        other === sequence ? last : Math.max(scheduled, other.givenStep),
      );
      writers.splice(writers.indexOf(sequence), 1);
    }
  }

  /**
   * Before blocks of a sequence outside the batch are looked up or get their hash, in a step that
   * has been scheduled for all writers admitted before `admission`.
   */
  catchUp({ answer, generated, prompt }: Sequence, step: number, admission: number): void {
    if (this.#writers.size === 0) return;
    for (const { text } of prompt) this.#catchUpText(text, step, admission);
    if (generated > 0) this.#catchUpText(answer.text, step, admission);
  }

  #catchUpText(text: number, step: number, admission: number): void {
    const writers = this.#writers.get(text);
    if (writers === undefined) return;
    this.#registerAll(writers, ({ admissionNumber }) =>
      admissionNumber < admission ? step : step - 1,
    );
  }

  /** In the order in which the engine has come by the blocks: by step, then by admission. */
  #registerAll(writers: readonly Sequence[], lastStepOf: (writer: Sequence) => number): void {
    for (;;) {
      let first: Sequence | undefined;
      let firstStep = Number.POSITIVE_INFINITY;
      for (const writer of writers) {
        const step = this.#stepOfNextBlock(writer);
        if (step > lastStepOf(writer)) continue;
        const isEarlier =
          step < firstStep ||
          (step === firstStep && writer.admissionNumber < first!.admissionNumber);
        if (isEarlier) {
          first = writer;
          firstStep = step;
        }
      }
      if (first === undefined) return;
      this.#options.register(first, (first.held!.registered + 1) * this.#options.blockSize);
    }
  }

  /** Prompt and answer, as far as the engine knew them when it scheduled a step. */
  #knownTokens({ computed, joinStep }: Sequence, step: number): number {
    return computed + Math.max(0, step - this.#options.depth - joinStep + 2);
  }

  #stepOfNextBlock({ computed, held, joinStep }: Sequence): number {
    const tokens = (held!.registered + 1) * this.#options.blockSize;
    return tokens - computed + this.#options.depth + joinStep - 2;
  }
}
