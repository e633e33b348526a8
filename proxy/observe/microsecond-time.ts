/** Writes times as `2026-11-21T22:20:48.123456Z`; `Date` alone has milliseconds. */
export class MicrosecondTime {
  #second = Number.NaN;
  /** Up to the dot: most times are of the same second as the one before. */
  #head = '';

  /** Of microseconds since 1970. */
  text(us: number): string {
    const second = Math.floor(us / 1_000_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#head = new Date(second * 1_000).toISOString().slice(0, -4);
    }
    return `${this.#head}${String(us - second * 1_000_000 + 1_000_000).slice(1)}Z`;
  }
}
