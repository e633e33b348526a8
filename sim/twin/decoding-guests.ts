import type { OutputLengths } from '../../strategies/shared/output-lengths.ts';

/** A request that gets tokens. */
export interface DecodingGuest {
  readonly tenant: string;
  readonly promptTokens: number;
  readonly haste: number;
  /** The count of steps when its first token came. */
  firstStep: number;
  /** The count at which it is expected to have its last. */
  endStep: number;
  /** Among the others. */
  place: number;
}

/** Guests that are asked anew at a time. */
const askedAtOnce = 6;

/**
 * Who gets a token a step, as sums that time moves on. Who has outlived what was expected of it is
 * expected to be longer; a few are looked at whenever something happens, each in turn, so that no
 * decision costs more the more there are.
 */
export class DecodingGuests<Guest extends DecodingGuest> {
  readonly #lengths: OutputLengths;
  readonly #guests: Guest[] = [];
  #turn = 0;
  #promptTokens = 0;
  #haste = 0;
  #firstSteps = 0;
  #endSteps = 0;

  constructor(lengths: OutputLengths) {
    this.#lengths = lengths;
  }

  get count(): number {
    return this.#guests.length;
  }

  get haste(): number {
    return this.#haste;
  }

  add(guest: Guest, step: number): void {
    guest.firstStep = step;
    guest.endStep = step + this.#lengths.of(guest.tenant).remaining(0);
    guest.place = this.#guests.push(guest) - 1;
    this.#count(guest, 1);
  }

  remove(guest: Guest): void {
    const last = this.#guests.pop()!;
    if (last !== guest) {
      this.#guests[guest.place] = last;
      last.place = guest.place;
    }
    this.#count(guest, -1);
    // What sums of fractions leave behind is not to be taken for something.
    if (this.#guests.length === 0) this.#haste = this.#firstSteps = this.#endSteps = 0;
  }

  /** Prompts, and what has been written since. */
  contextTokens(step: number): number {
    return this.#promptTokens + Math.max(0, this.count * step - this.#firstSteps);
  }

  /** Tokens that each of them will still get, on average. */
  meanLeft(step: number): number {
    return this.count > 0 ? Math.max(1, this.#endSteps / this.count - step) : 1;
  }

  /** Asks some of them how long they will be. */
  look(step: number): void {
    const { length } = this.#guests;
    for (let asked = Math.min(askedAtOnce, length); asked > 0; asked--) {
      this.#turn = this.#turn + 1 < length ? this.#turn + 1 : 0;
      const guest = this.#guests[this.#turn]!;
      const left = this.#lengths.of(guest.tenant).remaining(step - guest.firstStep);
      this.#endSteps += step + left - guest.endStep;
      guest.endStep = step + left;
    }
  }

  #count({ endStep, firstStep, haste, promptTokens }: Guest, by: 1 | -1): void {
    this.#promptTokens += by * promptTokens;
    this.#haste += by * haste;
    this.#firstSteps += by * firstStep;
    this.#endSteps += by * endStep;
  }
}
