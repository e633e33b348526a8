/** Failures without an answer between them, from which on nobody is sent for a while. */
const tooMany = 3;
const firstPauseUs = 1_000_000;
const longestPauseUs = 30_000_000;

/**
 * A replica that fails at once looks idle, and whoever counts what is in flight sends it all there
 * is. After a few failures in a row it gets one request at a time, after pauses that grow.
 */
export class FailureStreak {
  #failures = 0;
  #lastUs = Number.NEGATIVE_INFINITY;

  /** What was sent before the last failure fails for the same reason, and says nothing new. */
  failed(sentUs: number, nowUs: number): void {
    if (sentUs < this.#lastUs) return;
    this.#failures += 1;
    this.#lastUs = nowUs;
  }

  answered(): void {
    this.#failures = 0;
  }

  /** Another engine. */
  forget(): void {
    this.#failures = 0;
    this.#lastUs = Number.NEGATIVE_INFINITY;
  }

  /** Whether nothing should be sent, to who has so many in flight. */
  isBroken(inFlight: number, nowUs: number): boolean {
    if (this.#failures < tooMany) return false;
    const pauseUs = Math.min(longestPauseUs, firstPauseUs * 2 ** (this.#failures - tooMany));
    return inFlight > 0 || nowUs - this.#lastUs < pauseUs;
  }
}
