/**
 * Names that may be the value of a label. Each value is a series that Prometheus keeps, and clients
 * can make up names without end: so only names from the configuration count, and only so many.
 */
export class BoundedNames {
  readonly #names = new Set<string>();
  readonly #most: number;

  constructor(most = 100) {
    this.#most = most;
  }

  /** The first ones stay: a series must not go over to another name when a file is read again. */
  know(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#names.size >= this.#most) return;
      this.#names.add(name);
    }
  }

  labelOf(name: string | undefined): string {
    if (name === undefined) return 'none';
    return this.#names.has(name) ? name : 'other';
  }
}
