import type { AttemptEnd } from '../strategies/strategy.ts';
import type { Attempt } from './attempt.ts';

/** What an attempt says about its replica; one that was given up or asked nonsense says nothing. */
export type Verdict = 'ok' | 'failed' | 'neutral';

/** A part of the gateway that follows attempts. Each of these is told in the turn it happens. */
export interface AttemptWatcher<Work> {
  dispatched?(attempt: Attempt<Work>, nowUs: number): void;
  began?(attempt: Attempt<Work>, nowUs: number): void;
  /** `outputTokens` is NaN where nobody has said. */
  ended?(
    attempt: Attempt<Work>,
    verdict: Verdict,
    nowUs: number,
    outputTokens: number,
    outcome: AttemptEnd['outcome'],
  ): void;
}
