import type { StepListener } from '../sim/replica/engine.ts';
import type { Sequence } from '../sim/replica/sequence.ts';
import type { StepRun } from '../sim/replica/step-run.ts';
import type { PlayedRequest } from './played-request.ts';

/** Who is told how the tokens of one engine come. */
export interface TokenWatcher {
  onFirstToken(request: PlayedRequest, nowUs: number): void;
  /** A token that follows another one of the same answer after `gapUs`. */
  onGap(gapUs: number): void;
  /** It has its last token, or nobody wants more of them. */
  onLeft(request: PlayedRequest, nowUs: number): void;
}

/**
 * Which tokens each answer of an engine has got, and when. The simulated engine says only that
 * steps have ended, of several at once when all of them bring a token to the same sequences; here
 * everybody who has begun is looked at once for each such group. A sequence that got k tokens of a
 * group got them in its last k steps: in a group of several steps the batch does not change.
 */
export class TokenFeed implements StepListener {
  /** Streamed answers that have begun. */
  streams = 0;
  readonly #watcher: TokenWatcher;
  readonly #begun: PlayedRequest[] = [];
  /** The last step that has ended. */
  #ended = 0;
  /** Ends of the steps of the last group, and how many they are. */
  readonly #endsUs: number[] = [];
  #steps = 0;
  #isUntold = false;

  constructor(watcher: TokenWatcher) {
    this.#watcher = watcher;
  }

  onSteps(run: StepRun, first: number, last: number): void {
    this.tell();
    for (let step = first; step <= last; step++) {
      this.#endsUs[step - first] = Math.round(run.endUs(step));
    }
    this.#steps = last - first + 1;
    this.#ended = last;
    this.#isUntold = true;
  }

  /** Everybody hears of the tokens that the last steps have brought. */
  tell(): void {
    if (!this.#isUntold) return;
    this.#isUntold = false;
    const begun = this.#begun;
    for (let i = 0; i < begun.length; i++) this.#tellOne(begun[i]!);
  }

  begin(request: PlayedRequest): void {
    request.place = this.#begun.push(request) - 1;
    if (request.isStreamed) this.streams += 1;
  }

  /** It has all its tokens, or wants no more. */
  end(request: PlayedRequest, nowUs: number): void {
    this.#watcher.onLeft(request, nowUs);
    if (request.place < 0) return;
    const last = this.#begun.pop()!;
    if (last !== request) {
      this.#begun[request.place] = last;
      last.place = request.place;
    }
    request.place = -1;
    if (request.isStreamed) this.streams -= 1;
  }

  /** The same for one, whose last step has just ended. */
  tellOf(request: PlayedRequest): void {
    this.#tellOne(request);
  }

  #tellOne(request: PlayedRequest): void {
    const tokens = this.#tokensOf(request.sequence) - request.told;
    if (tokens <= 0) return;
    const from = this.#steps - tokens;
    for (let at = from; at < this.#steps; at++) {
      const endUs = this.#endsUs[at]!;
      if (request.told === 0) {
        request.firstTokenUs = endUs;
        this.#watcher.onFirstToken(request, endUs);
      } else {
        this.#watcher.onGap(endUs - request.lastTokenUs);
      }
      request.told += 1;
      request.lastTokenUs = endUs;
    }
    request.listener.onTokens(tokens, this.#endsUs, from);
  }

  /** Of a member of the batch, `generated` is that of the step before `unsettledFrom`. */
  #tokensOf({ generated, unsettledFrom }: Sequence): number {
    if (unsettledFrom === 0) return generated;
    return generated + Math.max(0, this.#ended - unsettledFrom + 1);
  }
}
