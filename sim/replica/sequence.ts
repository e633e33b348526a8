import type { Passage, Place } from '../../core/passage.ts';
import type { Attempt } from '../../gateway/attempt.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { HeldBlocks } from './held-blocks.ts';

export type SimulatedRequest = GatewayRequest<Sequence>;
export type SimulatedAttempt = Attempt<Sequence>;

/** What an engine is asked to do. */
export interface EngineRequest {
  readonly promptTokens: number;
  /** How long the answer will be; only the world knows. */
  readonly outputTokens: number;
  /** Whether the engine knows the end beforehand (`max_tokens`) or meets it as a stop token. */
  readonly finish: 'length' | 'stop';
  /** Lower goes first; read by the `priority` policy only. */
  readonly priority: number;
  /** Number of the LoRA adapter, 0 for none. */
  readonly adapter: number;
  /** Requests of different salts share no cached block; 0 for none. */
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  readonly answer: Place;
  /** Rounds of the job it belongs to. Nothing that an engine knows: for the record. */
  readonly turns?: number;
}

/**
 * A request inside an engine. As in vLLM V1 it has no prefill and no decode phase: it wants the
 * tokens it has computed, and each time the last of them is, it gets one more.
 *
 * While it is one of a batch that decodes, `generated` and `computed` are those of the moment it
 * joined, and `DecodeBatch` knows what has been added since.
 */
export class Sequence implements EngineRequest {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter: number;
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  readonly answer: Place;

  readonly turns: number;

  /** Prompt and `max_tokens`: of an answer that ends by itself, at least one token. */
  askedTokens: number;
  /** Whose work it is; set by the endpoint that got it. */
  owner: SimulatedAttempt | undefined = undefined;
  /** Whether an API process has it, or will. */
  isInFrontEnd = false;
  /** Whether it is in an engine and somebody is still to be told of its end. */
  isAwaited = false;
  /**
   * Tokens of the prompt whose keys and values come from another engine: here they take blocks and
   * no computing. A preemption loses them like all others.
   */
  remoteTokens = 0;
  state: 'new' | 'waiting' | 'running' | 'ended' = 'new';
  generated = 0;
  /** Tokens whose keys and values are in the cache, those of scheduled steps included. */
  computed = 0;
  /** The answer's length here: a stop token may lie beyond the end of the model's context. */
  finalTokens = 0;
  /** Whether the engine knows that its last token is in flight. */
  knowsEnd = true;

  /** Order of arrival at this engine. */
  arrivalNumber = 0;
  /** Order of admission, which is the order of `running`. */
  admissionNumber = 0;
  /** Neighbours in the running list. */
  previous: Sequence | undefined = undefined;
  next: Sequence | undefined = undefined;

  /** Whether each step gives it one token as a member of the decode batch. */
  inBatch = false;
  /** The first step it was scheduled in as a member. */
  joinStep = 0;
  /** The first step whose token is not yet in `generated`; 0 when there is none. */
  unsettledFrom = 0;
  /** The step that brings its last token, known from joining the batch on. */
  finishStep = 0;
  /** Whether it stands in the heap of those whose end is ahead. */
  isFinishing = false;
  /** The step that one-by-one scheduling last gave tokens to it, and how many. */
  givenStep = 0;
  givenTokens = 0;

  /** With prefix caching, from the first lookup on. */
  held: HeldBlocks | undefined = undefined;

  scheduledUs = Number.NaN;
  firstTokenUs = Number.NaN;
  /** Before rounding: gaps are measured from it. */
  lastTokenExactUs = Number.NaN;
  gapMaxUs = Number.NaN;
  preemptions = 0;
  isAborted = false;
  /** Turned away at the door: with what it asks for it is longer than the model's context. */
  isRefused = false;
  /** Prompt tokens found in the prefix cache at the first admission. */
  cachedTokens = 0;

  constructor(request: EngineRequest) {
    this.promptTokens = request.promptTokens;
    this.outputTokens = request.outputTokens;
    this.finish = request.finish;
    this.priority = request.priority;
    this.adapter = request.adapter;
    this.cacheSalt = request.cacheSalt;
    this.prompt = request.prompt;
    this.answer = request.answer;
    this.turns = request.turns ?? 0;
    this.askedTokens =
      request.promptTokens + (request.finish === 'length' ? request.outputTokens : 1);
  }

  get lastTokenUs(): number {
    return Math.round(this.lastTokenExactUs);
  }

  /** Prompt and answer so far. */
  get tokens(): number {
    return this.promptTokens + this.generated;
  }
}
