import type { Passage, Place } from '../../core/passage.ts';

/** What an engine is asked to do. */
export interface EngineRequest {
  readonly inputTokens: number;
  /** How long the answer will be; only the engine knows. */
  readonly outputTokens: number;
  /** By its length the engine knows the end ahead; a stop token it sees only in the output. */
  readonly finish: 'length' | 'stop';
  /** Lower first; only the policy `priority` reads it. */
  readonly priority: number;
  /** 0 for none. */
  readonly adapter: number;
  /** 0 for none. */
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  /** Where generated tokens are written. */
  readonly answer: Place;
}

type Lengths = Pick<EngineRequest, 'inputTokens' | 'outputTokens'>;

/**
 * A request inside an engine. As in vLLM V1 it has no prefill and no decode phase: it wants the
 * tokens it has (`promptTokens` + `generated`) computed, and each time the last of them is, it gets
 * one more. Decoding is wanting one token.
 */
export class Sequence {
  readonly inputTokens: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter: number;
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  readonly answer: Place;

  generated = 0;
  /** Tokens whose keys and values are in the cache, those of the step in flight included. */
  computed = 0;
  kvBlocks = 0;
  /** Tokens given to it in the step in flight. */
  scheduledTokens = 0;
  scheduledUs = Number.NaN;
  firstTokenUs = Number.NaN;
  lastTokenUs = Number.NaN;
  gapMaxUs = Number.NaN;
  preemptions = 0;
  /** Prompt tokens found in the prefix cache when it was first admitted. */
  cachedTokens = 0;
  aborted = false;

  constructor(request: Lengths & Partial<EngineRequest>) {
    this.inputTokens = request.inputTokens;
    this.promptTokens = request.inputTokens;
    this.outputTokens = request.outputTokens;
    this.finish = request.finish ?? 'length';
    this.priority = request.priority ?? 0;
    this.adapter = request.adapter ?? 0;
    this.cacheSalt = request.cacheSalt ?? 0;
    this.prompt = request.prompt ?? [];
    this.answer = request.answer ?? { text: 0, from: 0 };
  }

  get tokens(): number {
    return this.promptTokens + this.generated;
  }
}
