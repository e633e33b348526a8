/** What the body of a request says, as far as a gateway cares. */
export interface PromptFeatures {
  /** False for a body that is no JSON object: then the rest is as for a body that says nothing. */
  readonly isKnown: boolean;
  readonly model: string | undefined;
  readonly isStreamed: boolean;
  /** The most that its answer may have; NaN if it does not say. */
  readonly maxTokens: number;
  readonly user: string | undefined;
  /** As the client wants it; 0 if it does not say. */
  readonly priority: number;
  /** The same for all requests of a conversation, in 32 bits; 0 if nothing tells. */
  readonly session: number;
  readonly promptTokens: number;
  /** `exact` where tokens were counted, or else from what the number was estimated. */
  readonly measure: 'exact' | 'text' | 'length';
  /** Of what the tokens were estimated from. */
  readonly bytes: number;
  /** The part of them that is not text. */
  readonly mediaTokens: number;
  /** The part of them that stands around messages. */
  readonly framingTokens: number;
  /** See `RequestView`; empty where nobody wants it. */
  readonly prefixHashes: Float64Array;
}

/** Of a request that has no body, or none that can be read. */
export function unknownFeatures(session: number, promptTokens: number): PromptFeatures {
  return {
    isKnown: false,
    model: undefined,
    isStreamed: false,
    maxTokens: Number.NaN,
    user: undefined,
    priority: 0,
    session,
    promptTokens,
    measure: 'length',
    bytes: 0,
    mediaTokens: 0,
    framingTokens: 0,
    prefixHashes: noHashes,
  };
}

const noHashes = new Float64Array(0);
