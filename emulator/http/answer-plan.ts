import type { EngineRequest } from '../../sim/replica/sequence.ts';
import type { PlacedPrompt } from '../tokens/prompt-passages.ts';
import { type ApiError, tooLong } from './api-errors.ts';
import type { CompletionRequest } from './completion-request.ts';
import type { FinishReason } from './event-texts.ts';

export interface AnswerPlan {
  readonly outputTokens: number;
  readonly finish: FinishReason;
}

/**
 * How long an answer gets. Where nothing says how long it is by itself, that is drawn from the
 * prompt: log-normal with a median of 160 tokens, so that nine of ten have from 45 to 580.
 */
export function planAnswer(
  request: CompletionRequest,
  placed: PlacedPrompt,
  maxModelLen: number,
): AnswerPlan | ApiError {
  const { ignoreEos, maxTokens, minTokens, outputTokens, prompt } = request;
  const room = maxModelLen - prompt.length;
  if (room < 1 || (maxTokens ?? 0) > room) return tooLong(maxModelLen, prompt.length, maxTokens);
  const most = Math.min(maxTokens ?? room, room);
  if (ignoreEos) return { outputTokens: most, finish: 'length' };
  const natural = Math.max(outputTokens ?? naturalTokens(placed.seed), minTokens, 1);
  if (natural > most) return { outputTokens: most, finish: 'length' };
  return { outputTokens: natural, finish: 'stop' };
}

const medianTokens = 160;
const sigma = 0.78;

function naturalTokens(seed: number): number {
  // Two uniform numbers out of the bits of the seed make a normal one (Box and Muller).
  const mixed = Math.imul(seed ^ (seed >>> 16), 0x7feb352d);
  const first = ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  const second = (Math.imul(mixed, 0x846ca68b) >>> 0) / 2 ** 32;
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
  return Math.round(medianTokens * Math.exp(sigma * normal));
}

/** What the engine is asked to do. */
export function engineRequest(
  { cacheSalt, priority, prompt }: CompletionRequest,
  placed: PlacedPrompt,
  { finish, outputTokens }: AnswerPlan,
): EngineRequest {
  return {
    promptTokens: prompt.length,
    outputTokens,
    finish,
    priority,
    adapter: 0,
    cacheSalt: cacheSalt === undefined ? 0 : saltOf(cacheSalt),
    prompt: placed.prompt,
    answer: placed.answer,
  };
}

function saltOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  // 0 stands for none.
  return (hash >>> 0) + 1;
}
