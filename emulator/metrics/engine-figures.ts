import { US_PER_S } from '../../core/time.ts';
import type { PlayedRequest } from '../played-request.ts';
import type { TokenWatcher } from '../token-feed.ts';
import { BucketHistogram } from './bucket-histogram.ts';
import {
  choiceBounds,
  firstTokenBounds,
  gapBounds,
  lengthBounds,
  requestBounds,
} from './vllm-buckets.ts';

/**
 * What vLLM's API server notes of the requests of one engine, in the time of the engine. Intervals
 * are its own: queue up to the first schedule, prefill up to the first token, decode up to the
 * last. A request that left before that has 0 for what it has not come to.
 */
export class EngineFigures implements TokenWatcher {
  readonly firstToken = new BucketHistogram(firstTokenBounds);
  readonly gap = new BucketHistogram(gapBounds);
  readonly meanGap = new BucketHistogram(gapBounds);
  readonly endToEnd = new BucketHistogram(requestBounds);
  readonly queue = new BucketHistogram(requestBounds);
  readonly prefill = new BucketHistogram(requestBounds);
  readonly decode = new BucketHistogram(requestBounds);
  readonly inference = new BucketHistogram(requestBounds);
  readonly promptTokens: BucketHistogram;
  readonly generationTokens: BucketHistogram;
  readonly maxGenerationTokens: BucketHistogram;
  readonly maxTokens: BucketHistogram;
  readonly computedTokens: BucketHistogram;
  readonly choices = new BucketHistogram(choiceBounds);

  constructor(maxModelLen: number) {
    const bounds = lengthBounds(maxModelLen);
    this.promptTokens = new BucketHistogram(bounds);
    this.generationTokens = new BucketHistogram(bounds);
    this.maxGenerationTokens = new BucketHistogram(bounds);
    this.maxTokens = new BucketHistogram(bounds);
    this.computedTokens = new BucketHistogram(bounds);
  }

  onFirstToken(request: PlayedRequest, nowUs: number): void {
    this.firstToken.record((nowUs - request.arrivalUs) / US_PER_S);
  }

  onGap(gapUs: number): void {
    this.gap.record(gapUs / US_PER_S);
  }

  onLeft(request: PlayedRequest, nowUs: number): void {
    const { arrivalUs, firstTokenUs, lastTokenUs, queuedUs, sequence, told } = request;
    const { cachedTokens, promptTokens, scheduledUs } = sequence;
    const decodeS = secondsBetween(firstTokenUs, lastTokenUs);
    this.endToEnd.record(secondsBetween(arrivalUs, nowUs));
    this.queue.record(secondsBetween(queuedUs, scheduledUs));
    this.prefill.record(secondsBetween(scheduledUs, firstTokenUs));
    this.decode.record(decodeS);
    this.inference.record(secondsBetween(scheduledUs, lastTokenUs));
    this.promptTokens.record(promptTokens);
    this.generationTokens.record(told);
    this.maxGenerationTokens.record(told);
    if (request.maxTokens !== undefined) this.maxTokens.record(request.maxTokens);
    this.computedTokens.record(promptTokens - cachedTokens);
    this.choices.record(1);
    // Of every request, as by vLLM: one with a single token counts with 0.
    this.meanGap.record(told > 1 ? decodeS / (told - 1) : 0);
  }
}

function secondsBetween(fromUs: number, untilUs: number): number {
  const us = untilUs - fromUs;
  return us > 0 ? us / US_PER_S : 0;
}
