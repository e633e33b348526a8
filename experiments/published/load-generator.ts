import type { Passage } from '../../core/passage.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';

export interface LoadGeneratorOptions {
  /** When each stage begins in the schedule, in order of time, and when the last one ends. */
  readonly stagesUs: readonly number[];
  /** Most requests that have been sent and have not ended. */
  readonly mostInFlight: number;
  /** What prompts begin with, in the order in which each stage goes through them, over and over. */
  readonly deck: readonly (readonly Passage[])[];
}

/**
 * How the load generator of a benchmark plays a schedule, which is not how users come: a stage
 * begins when the last request of the stage before has ended, and while so many are in flight the
 * next is held back in the client. Its times to the first token count from the moment a request is
 * really sent, and so they do here.
 */
export class LoadGenerator implements RequestSource {
  /** The stage of each request, by its number. */
  readonly stageOf: number[] = [];
  readonly #schedule: RequestSource;
  readonly #options: LoadGeneratorOptions;
  #stage = 0;
  #inFlight = 0;
  /** Prompts of this stage. */
  #dealt = 0;
  /** By how much this stage began later than in the schedule. */
  #lateUs = 0;
  #lastEndUs = 0;

  constructor(schedule: RequestSource, options: LoadGeneratorOptions) {
    this.#schedule = schedule;
    this.#options = options;
  }

  /** Nothing more is sent, and all that was has ended. */
  get isOver(): boolean {
    return this.#stage + 1 >= this.#options.stagesUs.length;
  }

  get nextArrivalUs(): number {
    if (this.isOver || this.#isStageOver() || this.#isFull()) return Number.POSITIVE_INFINITY;
    return Math.max(this.#schedule.nextArrivalUs + this.#lateUs, this.#lastEndUs);
  }

  next(): RequestSpec {
    const arrivalUs = this.nextArrivalUs;
    const spec = this.#schedule.next();
    this.stageOf[spec.id] = this.#stage;
    this.#inFlight += 1;
    const { deck } = this.#options;
    const prompt = [...deck[this.#dealt % deck.length]!, spec.prompt.at(-1)!];
    this.#dealt += 1;
    return { ...spec, arrivalUs, prompt };
  }

  ended(_id: number, nowUs: number): void {
    this.#inFlight -= 1;
    this.#lastEndUs = nowUs;
    while (this.#inFlight === 0 && !this.isOver && this.#isStageOver()) {
      this.#stage += 1;
      this.#dealt = 0;
      this.#lateUs = nowUs - this.#options.stagesUs[this.#stage]!;
    }
  }

  #isFull(): boolean {
    return this.#inFlight >= this.#options.mostInFlight;
  }

  #isStageOver(): boolean {
    return this.#schedule.nextArrivalUs >= this.#options.stagesUs[this.#stage + 1]!;
  }
}
