const memoryUs = 10_000_000;
/** Even an engine with a queue of prompts goes on decoding. */
const mostShare = 0.8;

/** Shorter times change the share by less than a hundredth of itself. */
const noticedUs = memoryUs / 100;

/** The share of its time that a replica spends on prompts, over the last ten seconds or so. */
export class RecentWork {
  #sumUs = 0;
  #nowUs = 0;

  add(workUs: number, nowUs: number): void {
    this.#fade(nowUs);
    this.#sumUs += workUs;
  }

  share(nowUs: number): number {
    if (nowUs - this.#nowUs > noticedUs) this.#fade(nowUs);
    return Math.min(mostShare, this.#sumUs / memoryUs);
  }

  #fade(nowUs: number): void {
    this.#sumUs *= Math.exp((this.#nowUs - nowUs) / memoryUs);
    this.#nowUs = nowUs;
  }
}
