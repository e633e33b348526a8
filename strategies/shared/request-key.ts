import { z } from 'zod';
import type { RequestView } from '../strategy.ts';

const kinds = ['session', 'tenant', 'prefix'] as const;

/** Names kept as bytes; clients may call themselves what they like. */
const mostTenants = 16_384;

export interface KeyOptions {
  readonly key: (typeof kinds)[number];
  readonly prefixTokens: number;
}

/** What a request is hashed by, for every strategy that hashes. */
export function keyOptions(usual: KeyOptions['key']) {
  return {
    key: z
      .enum(kinds)
      .default(usual)
      .meta({ examples: [usual] })
      .describe(
        'What is hashed: the number of the session, the name of the tenant or the beginning of the prompt. Requests without it are spread by their own number.',
      ),
    prefixTokens: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(256)
      .meta({ examples: [256] })
      .describe(
        'How long a beginning is hashed by "prefix", to a whole block; of a shorter prompt it is all whole blocks.',
      ),
  };
}

/**
 * The key of a request as text, which is how the products get it in a header; numbers are written
 * as digits. The bytes are overwritten by the next request.
 */
export class RequestKey {
  readonly #kind: KeyOptions['key'];
  readonly #blocks: number;
  readonly #digits = new Uint8Array(20);
  /** The number to write. Through a call that is not inlined it would be an object on the heap. */
  readonly #number = new Float64Array(1);
  readonly #tenants = new Map<string, Uint8Array>();

  constructor({ key, prefixTokens }: KeyOptions, blockTokens: number) {
    this.#kind = key;
    this.#blocks = Math.max(1, Math.floor(prefixTokens / blockTokens));
  }

  /**
   * The hash of the key in 32 signed bits. Requests without a key have nothing in common, so their
   * own number spreads them as keys are spread; a second try finds the same place.
   */
  hash(request: RequestView, hashOf: (bytes: Uint8Array, length: number) => number): number {
    if (this.#kind === 'tenant') {
      const name = this.#bytesOf(request.tenant);
      return hashOf(name, name.length);
    }
    if (this.#kind === 'session') this.#number[0] = request.session;
    else this.#readPrefix(request);
    if (this.#number[0] === 0) this.#number[0] = request.id;
    return hashOf(this.#digits, this.#writeNumber());
  }

  /** Zero for a prompt shorter than a block, of which nothing is known. */
  #readPrefix({ prefixHashes }: RequestView): void {
    const blocks = Math.min(this.#blocks, prefixHashes.length);
    this.#number[0] = blocks === 0 ? 0 : prefixHashes[blocks - 1]!;
  }

  #bytesOf(tenant: string): Uint8Array {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(tenant);
    if (this.#tenants.size === mostTenants) this.#tenants.clear();
    this.#tenants.set(tenant, bytes);
    return bytes;
  }

  #writeNumber(): number {
    const value = this.#number[0]!;
    let length = 1;
    for (let rest = Math.floor(value / 10); rest > 0; rest = Math.floor(rest / 10)) length += 1;
    let rest = value;
    for (let at = length - 1; at >= 0; at--) {
      const tenth = Math.floor(rest / 10);
      this.#digits[at] = 48 + (rest - 10 * tenth);
      rest = tenth;
    }
    return length;
  }
}
