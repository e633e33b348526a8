import { type Random, randomStream } from '../../core/random.ts';

/** Draws from a stream that belongs to a seed and a name, so that no part of a world shifts another. */
export class Draw {
  readonly #random: Random;

  constructor(seed: number, name: string) {
    this.#random = randomStream(seed, `test/world/${name}`);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  share(): number {
    return this.#random();
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A part of an object under its key, or nothing. */
  maybe<T>(share: number, key: string, make: () => T): Readonly<Record<string, T>> {
    return this.chance(share) ? { [key]: make() } : {};
  }
}
