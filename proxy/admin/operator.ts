import type { Generation } from '../generation.ts';
import type { AdminResult } from './admin-server.ts';

/** What an operator wants of replicas, whatever is read from the configuration afterwards. */
export class Operator {
  readonly #generation: () => Generation;
  readonly #drained = new Set<string>();
  readonly #weights = new Map<string, number>();

  constructor(generation: () => Generation) {
    this.#generation = generation;
  }

  isDrained(name: string): boolean {
    return this.#drained.has(name);
  }

  drain(name: string): AdminResult {
    return this.#act(name, (index, generation) => {
      this.#drained.add(name);
      generation.drain(index, generation.nowUs());
      const { inFlight } = generation.gateway.replicas[index]!;
      return `${name} takes nothing new; it has ${inFlight} requests to finish.`;
    });
  }

  undrain(name: string): AdminResult {
    return this.#act(name, (index, generation) => {
      this.#drained.delete(name);
      generation.join(index, generation.nowUs());
      return `${name} takes requests.`;
    });
  }

  setWeight(name: string, weight: number): AdminResult {
    return this.#act(name, (index, generation) => {
      this.#weights.set(name, weight);
      generation.gateway.setWeight(index, weight, generation.nowUs());
      return `${name} has the weight ${weight}; strategies that know no weights go on as before.`;
    });
  }

  /** To a generation that has just begun. */
  applyTo(generation: Generation): void {
    for (const name of this.#drained) {
      const index = generation.indexOf(name);
      if (index !== undefined) generation.drain(index, generation.nowUs());
    }
    for (const [name, weight] of this.#weights) {
      const index = generation.indexOf(name);
      if (index !== undefined) generation.gateway.setWeight(index, weight, generation.nowUs());
    }
  }

  #act(name: string, act: (index: number, generation: Generation) => string): AdminResult {
    const generation = this.#generation();
    const index = generation.indexOf(name);
    if (index !== undefined && generation.isWanted(name)) {
      return { ok: true, message: act(index, generation) };
    }
    const names = generation.replicas
      .map((replica) => replica.name)
      .filter((known) => generation.isWanted(known));
    return { ok: false, message: `There is no replica "${name}". Known: ${names.join(', ')}.` };
  }
}
