const stepsPerOctave = 4;
const bucketCount = 20 * stepsPerOctave;
/** Answers after which older ones count half. */
const halfLife = 500;
/** Without a single answer seen. */
const usualTokens = 200;
/** Before a tenant has ended so many, those of everybody count. */
const enough = 8;
/** Each takes two kilobytes, and clients may call themselves what they like. */
const mostTenants = 4_096;

/** How long answers are, learned from those that ended, for each tenant apart. */
export class OutputLengths {
  readonly #all = new LengthTable();
  readonly #byTenant = new Map<string, LengthTable>();

  add(tenant: string, tokens: number): void {
    this.#all.add(tokens);
    let own = this.#byTenant.get(tenant);
    if (own === undefined) {
      own = new LengthTable();
      if (this.#byTenant.size === mostTenants) this.#forgetFirst();
      this.#byTenant.set(tenant, own);
    }
    own.add(tokens);
  }

  /** Of a tenant, or of all as long as it is new. */
  of(tenant: string): LengthTable {
    const own = this.#byTenant.get(tenant);
    return own !== undefined && own.count >= enough ? own : this.#all;
  }

  /** Who was the first to come; if it is still there it is learned anew. */
  #forgetFirst(): void {
    const first = this.#byTenant.keys().next();
    if (first.done !== true) this.#byTenant.delete(first.value);
  }
}

/** Weights by length, in buckets a quarter of an octave wide; old answers fade. */
export class LengthTable {
  count = 0;
  /** Of an answer that has not begun. */
  expectedTokens = usualTokens;
  readonly #weights = new Float64Array(bucketCount);
  readonly #tokens = new Float64Array(bucketCount);
  /** Mean length of those in a bucket and above. */
  readonly #meansAbove = new Float64Array(bucketCount);
  #weight = 1;

  add(tokens: number): void {
    this.count += 1;
    // Newer answers weigh more, which is the same as fading the older ones.
    this.#weight *= 2 ** (1 / halfLife);
    const bucket = bucketOf(tokens);
    this.#weights[bucket]! += this.#weight;
    this.#tokens[bucket]! += this.#weight * tokens;
    if (this.#weight > 1e100) this.#rescale();
    // The first answers move the mean by much, the thousandth hardly.
    if (this.count < 64 || this.count % 32 === 0) this.#refresh();
  }

  /** Tokens to be expected of an answer that has so many: who outlives the mean gets a new one. */
  remaining(generated: number): number {
    if (this.count === 0) return Math.max(usualTokens - generated, usualTokens / 2);
    const mean = this.#meansAbove[bucketOf(generated)]!;
    // Beyond all that was ever seen, the tail is taken to go on as it is.
    return mean > generated ? mean - generated : generated / 2;
  }

  #refresh(): void {
    let [weight, tokens] = [0, 0];
    for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
      weight += this.#weights[bucket]!;
      tokens += this.#tokens[bucket]!;
      this.#meansAbove[bucket] = weight > 0 ? tokens / weight : 0;
    }
    this.expectedTokens = this.#meansAbove[0]!;
  }

  #rescale(): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      this.#weights[bucket]! /= this.#weight;
      this.#tokens[bucket]! /= this.#weight;
    }
    this.#weight = 1;
  }
}

function bucketOf(tokens: number): number {
  const bucket = Math.floor(stepsPerOctave * Math.log2(Math.max(1, tokens)));
  return Math.min(bucketCount - 1, bucket);
}
