/** How many tenants of a scenario can have texts, and how many texts each, of numbers to 2^53. */
const textsPerTenant = 2 ** 43;

/** The number of a text among those of its tenant, wherever that stands in the scenario. */
export function numberAmongOwn(text: number): number {
  return text % textsPerTenant;
}

/** The place in the scenario of the tenant whose text it is. */
export function tenantOf(text: number): number {
  return Math.floor(text / textsPerTenant);
}

/**
 * Hands out the numbers of texts. Those of one tenant are never those of another, and what a number
 * stands for does not depend on the order in which requests are sent.
 */
export class Texts {
  readonly #first: number;
  #unique = 0;
  #shared = 0;

  /** `index` is that of the tenant in the scenario. */
  constructor(index: number) {
    this.#first = index * textsPerTenant;
  }

  /** A text that nobody else has. */
  unique(): number {
    return this.#first + this.#unique++;
  }

  /** The first of so many texts in a row, which requests share. */
  reserve(count: number): number {
    const first = this.#first + textsPerTenant / 2 + this.#shared;
    this.#shared += count;
    return first;
  }
}
