import type { Forecast, Question } from '../../strategies/shared/fleet-twin.ts';
import type { OutputLengths } from '../../strategies/shared/output-lengths.ts';
import type { AttemptEnd, ReplicaView, RequestView } from '../../strategies/strategy.ts';
import type { StepTimeModel } from '../step-time/step-time.ts';
import { type DecodingGuest, DecodingGuests } from './decoding-guests.ts';
import { FailureStreak } from './failure-streak.ts';
import { GuestQueue } from './guest-queue.ts';
import { LearnedPace } from './learned-pace.ts';
import { RecentWork } from './recent-work.ts';
import { StepCosts } from './step-costs.ts';
import { Strangers } from './strangers.ts';

/** What is known of an engine before it does anything. */
export interface TwinOptions {
  /** Of each of its engines. */
  readonly stepTime: StepTimeModel;
  readonly maxNumBatchedTokens: number;
  /** They share the work evenly. */
  readonly engines: number;
  /** Of all of them. */
  readonly maxNumSeqs: number;
  readonly kvTokens: number;
}

/** A request that this gateway has sent there. */
interface Guest extends DecodingGuest {
  readonly uncachedTokens: number;
  readonly promptUs: number;
  readonly sentUs: number;
  readonly forecastUs: number;
  state: 'waiting' | 'decoding' | 'gone';
}

/** Between two looks at what has become of the guests. */
const lookAgainUs = 100_000;
/** A first token so much later than forecast is not only late. */
const graceUs = 500_000;
/** As long as this between two tokens is as good as no limit at all. */
const looseTpotUs = 20_000_000;

/**
 * One replica as a gateway can imagine it: prompts are computed in order of arrival, in the room
 * that decoding sequences leave in each step, and answers get a token a step. Its books are sums,
 * and time moves them on without looking at single requests.
 */
export class ReplicaTwin {
  readonly #options: TwinOptions;
  readonly #costs: StepCosts;
  readonly #pace = new LearnedPace();
  readonly #streak = new FailureStreak();
  readonly #recent = new RecentWork();
  readonly #strangers = new Strangers();
  readonly #guests = new Map<number, Guest>();
  /** In order of arrival; those who have left it are taken out from the front. */
  readonly #queue = new GuestQueue<Guest>();
  /** Of those in the queue; times at the pace of the model, and how much of them is done. */
  #waiting = 0;
  #waitingTokens = 0;
  #uncachedTokens = 0;
  #promptUs = 0;
  #waitingHaste = 0;
  #doneUs = 0;
  /** What a prompt takes, on average. */
  #usualPromptUs = 0;
  readonly #decoding: DecodingGuests<Guest>;
  #steps = 0;
  #nowUs = 0;
  #lookedUs = Number.NEGATIVE_INFINITY;

  constructor(options: TwinOptions, lengths: OutputLengths) {
    this.#options = options;
    this.#costs = new StepCosts(options);
    this.#decoding = new DecodingGuests(lengths);
  }

  /** Fills in what follows from the expected length of the answer. */
  forecast({ cachedTokens, request }: Question, into: Forecast, nowUs: number): void {
    this.#moveTo(nowUs);
    const costs = this.#costs;
    const { running, waiting } = this.#strangers;
    const { promptTokens } = request;
    const { outputTokens } = into;
    const decoding = this.#decoding.count + running;
    const others = decoding + this.#waiting + waiting;
    const promptUs = costs.promptUs(promptTokens, cachedTokens);
    const ownUs = this.#leftUs;
    const strangersUs = waiting * (this.#usualPromptUs || promptUs);
    const ownTokens = ownUs > 0 ? (this.#uncachedTokens * ownUs) / this.#promptUs : 0;
    const leftUs = ownUs + strangersUs;
    const leftTokens = ownTokens + strangersUs / costs.promptTokenUs;
    const steps = Math.ceil((leftTokens + promptTokens - cachedTokens) / costs.room(decoding));
    const waitUs = this.#restOfStepUs + this.#roomWaitUs(promptTokens, others + 1);
    const ownContext = promptTokens + outputTokens / 2;
    const slowerUs = costs.sequenceUs + ownContext * costs.contextUs;
    const stepUs =
      costs.decodeUs +
      (others - this.#decoding.count) * costs.sequenceUs +
      this.#waitingTokens * costs.contextUs +
      slowerUs;
    const { factor } = this.#pace;
    into.ttftUs =
      factor * (waitUs + leftUs + promptUs + steps * costs.decodeUs) + this.#overdueUs(nowUs);
    into.tpotUs = (factor * stepUs) / (1 - this.#recent.share(nowUs));
    into.promptUs = factor * promptUs;
    const togetherTokens = Math.min(outputTokens, this.#decoding.meanLeft(this.#steps));
    const lostUs = others * slowerUs * togetherTokens + decoding * promptUs;
    into.harmUs = factor * lostUs * this.#hasteBeside(hasteOf(request));
    into.isBroken = this.#streak.isBroken(this.#guests.size, nowUs);
  }

  dispatched({ cachedTokens, request }: Question, forecastUs: number, nowUs: number): void {
    const { id, promptTokens, tenant } = request;
    const promptUs = this.#costs.promptUs(promptTokens, cachedTokens);
    const guest: Guest = {
      tenant,
      promptTokens,
      uncachedTokens: promptTokens - cachedTokens,
      promptUs,
      haste: hasteOf(request),
      sentUs: nowUs,
      forecastUs,
      state: 'waiting',
      firstStep: 0,
      endStep: 0,
      place: 0,
    };
    this.#guests.set(id, guest);
    this.#queue.add(guest);
    this.#countWaiting(guest, 1);
    this.#usualPromptUs += (promptUs - this.#usualPromptUs) / (this.#usualPromptUs > 0 ? 32 : 1);
    this.#recent.add(promptUs * this.#pace.factor, nowUs);
  }

  firstToken({ id }: RequestView, nowUs: number): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return;
    this.#moveTo(nowUs);
    this.#countWaiting(guest, -1);
    this.#doneUs = 0;
    guest.state = 'decoding';
    this.#decoding.add(guest, this.#steps);
    this.#streak.answered();
    this.#pace.firstTokenTook((nowUs - guest.sentUs) / guest.forecastUs);
    this.#look(nowUs);
  }

  ended({ id }: RequestView, { outcome, outputTokens }: AttemptEnd, nowUs: number): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return;
    this.#moveTo(nowUs);
    this.#guests.delete(id);
    if (outcome === 'failed' || outcome === 'broken') this.#streak.failed(guest.sentUs, nowUs);
    if (guest.state === 'waiting') {
      // What was done was done for the first, and is lost with it.
      if (this.#queue.first === guest) this.#doneUs = 0;
      this.#countWaiting(guest, -1);
    } else {
      this.#decoding.remove(guest);
      const steps = this.#steps - guest.firstStep;
      if (outcome === 'ok' && outputTokens > 1) {
        this.#pace.answerTook(steps / (outputTokens - 1), outputTokens);
      }
    }
    guest.state = 'gone';
    this.#look(nowUs);
  }

  reported(replica: ReplicaView): void {
    this.#strangers.reported(replica);
  }

  forget(): void {
    this.#pace.forget();
    this.#streak.forget();
    this.#strangers.forget();
  }

  /** To compute the prompts in the queue, without the steps they share with those who decode. */
  get #leftUs(): number {
    return Math.max(0, this.#promptUs - this.#doneUs);
  }

  /** Who comes in the middle of a step waits for its end. */
  get #restOfStepUs(): number {
    if (this.#leftUs > 0) return this.#costs.fullStepUs / 2;
    return this.#decoding.count > 0 ? this.#costs.decodeUs / 2 : 0;
  }

  /** How much more haste others have than a newcomer; strangers as much as our own. */
  #hasteBeside(haste: number): number {
    const known = this.#waiting + this.#decoding.count;
    return known > 0 ? (this.#waitingHaste + this.#decoding.haste) / (known * haste) : 1;
  }

  /** Until enough of those who decode have ended to leave blocks and a slot. */
  #roomWaitUs(promptTokens: number, sequences: number): number {
    const { count } = this.#decoding;
    if (count === 0) return 0;
    const { kvTokens, maxNumSeqs } = this.#options;
    const endsPerStep = count / this.#decoding.meanLeft(this.#steps);
    const contextTokens = this.#decoding.contextTokens(this.#steps);
    const needed = contextTokens + this.#waitingTokens + promptTokens - kvTokens;
    const freedPerEnd = Math.max(1, contextTokens / count);
    const ends = Math.max(0, needed / freedPerEnd, sequences - maxNumSeqs);
    return (ends / endsPerStep) * this.#costs.decodeUs;
  }

  /** How long the first in the queue has been overdue. */
  #overdueUs(nowUs: number): number {
    const first = this.#queue.first;
    if (first === undefined) return 0;
    return Math.max(0, nowUs - first.sentUs - 2 * first.forecastUs - graceUs);
  }

  #countWaiting({ haste, promptTokens, promptUs, uncachedTokens }: Guest, by: 1 | -1): void {
    this.#waiting += by;
    this.#waitingTokens += by * promptTokens;
    this.#uncachedTokens += by * uncachedTokens;
    this.#promptUs += by * promptUs;
    this.#waitingHaste += by * haste;
    // What sums of fractions leave behind is not to be taken for something.
    if (this.#waiting === 0) this.#promptUs = this.#waitingHaste = this.#doneUs = 0;
  }

  /** Lets time pass: prompts in full steps as long as there are any, then answers alone. */
  #moveTo(nowUs: number): void {
    let us = (nowUs - this.#nowUs) / this.#pace.factor;
    this.#nowUs = nowUs;
    const { decodeUs, fullStepUs } = this.#costs;
    const leftUs = this.#leftUs;
    if (us > 0 && leftUs > 0) {
      const stepsUs = (decodeUs * this.#uncachedTokens) / this.#costs.room(this.#decoding.count);
      const slowdown = 1 + stepsUs / this.#promptUs;
      const spentUs = Math.min(us, leftUs * slowdown);
      this.#doneUs += spentUs / slowdown;
      this.#steps += spentUs / fullStepUs;
      us -= spentUs;
    }
    if (us > 0 && this.#decoding.count > 0) this.#steps += us / decodeUs;
    if (nowUs - this.#lookedUs > lookAgainUs) this.#look(nowUs);
  }

  /** Asks anew how long answers will be, and what a step costs now. */
  #look(nowUs: number): void {
    this.#lookedUs = nowUs;
    this.#strangers.moveTo(nowUs);
    this.#decoding.look(this.#steps);
    const contextTokens = this.#decoding.contextTokens(this.#steps);
    this.#costs.moveTo(this.#decoding.count + this.#strangers.running, contextTokens);
  }
}

/**
 * How much of what it may take a microsecond is: what is lost to others counts in the time of who
 * takes it from them, so that a batch job keeps away from chats, but no chat from a batch job.
 */
function hasteOf({ limits }: RequestView): number {
  return 1 / Math.min(looseTpotUs, limits.tpotUs);
}
