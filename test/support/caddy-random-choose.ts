import type { Random } from '../../core/random.ts';
import { randomIndex } from '../../core/random.ts';
import type { Picks } from './balancing-scripts.ts';

/**
 * `random_choose` of Caddy 2.6.2 as it is, which is not the power of two choices: the first upstream
 * is often overwritten as a choice and a place may stay empty, and of the choices that are busy
 * whoever was the least so far may win, not only the least. Later versions are right.
 */
export class CaddyRandomChoose implements Picks {
  readonly #loads: number[];
  readonly #picks: number[] = [];
  readonly #choices: number;
  readonly #random: Random;

  constructor({ choices, upstreams }: { choices: number; upstreams: number }, random: Random) {
    this.#loads = new Array<number>(upstreams).fill(0);
    this.#choices = choices;
    this.#random = random;
  }

  send(): number {
    const chosen = this.#leastOf(this.#choose());
    this.#loads[chosen]! += 1;
    this.#picks.push(chosen);
    return chosen + 1;
  }

  end(request: number): void {
    this.#loads[this.#picks[request]!]! -= 1;
  }

  #choose(): (number | undefined)[] {
    const choices = new Array<number | undefined>(this.#choices).fill(undefined);
    for (const upstream of this.#loads.keys()) {
      const place = randomIndex(this.#random, upstream + 1);
      if (place < this.#choices) choices[place] = upstream;
    }
    return choices;
  }

  #leastOf(choices: readonly (number | undefined)[]): number {
    const best: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (const upstream of choices) {
      if (upstream === undefined) continue;
      const load = this.#loads[upstream]!;
      if (load === 0) return upstream;
      if (load > least) continue;
      best.push(upstream);
      least = load;
    }
    return best[randomIndex(this.#random, best.length)]!;
  }
}
