/**
 * The stabilisation window of Kubernetes' HorizontalPodAutoscaler: a fleet grows at once, and
 * becomes smaller only to what would have been enough for all of a time.
 */
export class StableSize {
  readonly #stableForUs: number;
  #recommended: { readonly atUs: number; readonly size: number }[] = [];

  constructor(stableForUs: number) {
    this.#stableForUs = stableForUs;
  }

  of(recommended: number, size: number, nowUs: number): number {
    const recent = this.#recommended.filter(({ atUs }) => nowUs - atUs < this.#stableForUs);
    this.#recommended = [...recent, { atUs: nowUs, size: recommended }];
    if (recommended >= size) return recommended;
    const enough = this.#recommended.reduce((most, one) => Math.max(most, one.size), 0);
    return Math.min(size, enough);
  }
}
