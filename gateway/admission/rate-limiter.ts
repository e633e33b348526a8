/** Lets through so much in so much time. */
export interface RateLimiter {
  /** How long this much must wait: 0 when it may come now, infinity when it never may. */
  waitUs(amount: number, nowUs: number): number;
  /** It came. */
  charge(amount: number, nowUs: number): Charge;
}

/** What somebody was charged, to be corrected when it is known. */
export interface Charge {
  settle(amount: number, nowUs: number): void;
}
