import { emptyList } from '../../core/empty-list.ts';
import type { Sequence } from './sequence.ts';

const chains = 256;

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
  /** By text, in chains through the sequences: most come and go without being asked for. */
  readonly #writers: (Sequence | undefined)[] = new Array(chains).fill(undefined);
  #count = 0;
  /** Those of the text last asked for. */
  readonly #found: Sequence[] = [];

  constructor(options: AnswersInProgressOptions) {
    this.#options = options;
  }

  add(sequence: Sequence): void {
    const chain = chainOf(sequence.answer.text);
    sequence.held!.nextWriter = this.#writers[chain];
    this.#writers[chain] = sequence;
    this.#count += 1;
  }

  /** It was last scheduled in step `last`, the others in `scheduled`, or in one being scheduled. */
  remove(sequence: Sequence, last: number, scheduled: number): void {
    const writers = this.#find(sequence.answer.text);
    if (writers.length === 1) {
      this.#options.register(sequence, this.#knownTokens(sequence, last));
    } else {
      this.#registerAll(writers, (other) =>
        other === sequence ? last : Math.max(scheduled, other.givenStep),
      );
    }
    this.#unlink(sequence);
  }

  /**
   * Before blocks of a sequence outside the batch are looked up or get their hash, in a step that
   * has been scheduled for all writers admitted before `admission`.
   */
  catchUp({ answer, generated, prompt }: Sequence, step: number, admission: number): void {
    if (this.#count === 0) return;
    for (const { text } of prompt) this.#catchUpText(text, step, admission);
    if (generated > 0) this.#catchUpText(answer.text, step, admission);
  }

  #catchUpText(text: number, step: number, admission: number): void {
    const writers = this.#find(text);
    if (writers.length === 0) return;
    this.#registerAll(writers, ({ admissionNumber }) =>
      admissionNumber < admission ? step : step - 1,
    );
  }

  #find(text: number): readonly Sequence[] {
    const found = this.#found;
    emptyList(found);
    let writer = this.#writers[chainOf(text)];
    for (; writer !== undefined; writer = writer.held!.nextWriter) {
      if (writer.answer.text === text) found.push(writer);
    }
    return found;
  }

  #unlink(sequence: Sequence): void {
    const chain = chainOf(sequence.answer.text);
    const first = this.#writers[chain]!;
    if (first === sequence) {
      this.#writers[chain] = sequence.held!.nextWriter;
    } else {
      let before = first;
      while (before.held!.nextWriter !== sequence) before = before.held!.nextWriter!;
      before.held!.nextWriter = sequence.held!.nextWriter;
    }
    sequence.held!.nextWriter = undefined;
    this.#count -= 1;
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

function chainOf(text: number): number {
  return text & (chains - 1);
}
