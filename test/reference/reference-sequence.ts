import type { Sequence } from '../../sim/replica/sequence.ts';
import type { Block } from './reference-kv-cache.ts';
import type { ReferenceStep } from './reference-step.ts';

/** What the reference knows about a request in its engine. */
export class ReferenceSequence {
  /** Where the results are written. */
  readonly work: Sequence;
  /** Counts the requests in the order in which they came to the engine. */
  readonly arrivalNumber: number;
  /** How many tokens it will generate, its context being limited. */
  readonly finalCount: number;
  /** The end that the engine foresees; a stop token it does not. */
  readonly endIsForeseen: boolean;
  /** Every known token by its name, prompt and answer. */
  readonly tokenNames: string[];

  /** Tokens whose keys and values are computed, those of scheduled steps included. */
  computed = 0;
  /** Tokens that steps in flight will generate; always 0 between synchronous steps. */
  placeholders = 0;
  /** All of its known tokens have been scheduled once since it was admitted. */
  decoding = false;
  aborted = false;
  /** Tokens that another engine has computed for this one. */
  remoteTokens: number;
  blocks: Block[] = [];
  /** The step that gave it its last token. */
  lastStep: ReferenceStep | undefined = undefined;

  constructor(work: Sequence, arrivalNumber: number, maxModelLen: number) {
    const { promptTokens, outputTokens, finish, prompt } = work;
    this.work = work;
    this.remoteTokens = work.remoteTokens;
    this.arrivalNumber = arrivalNumber;
    this.finalCount = Math.min(outputTokens, maxModelLen - promptTokens);
    const fillsContext = promptTokens + this.finalCount >= maxModelLen;
    this.endIsForeseen = finish === 'length' || fillsContext;
    this.tokenNames = [];
    for (const { text, from, tokens } of prompt) {
      for (let i = 0; i < tokens; i++) this.tokenNames.push(`${text}@${from + i}`);
    }
    if (this.tokenNames.length !== promptTokens) {
      throw new Error(`a prompt of ${promptTokens} tokens has ${this.tokenNames.length} in it`);
    }
  }

  /** Known tokens: the prompt and what was generated. */
  get tokens(): number {
    return this.tokenNames.length;
  }

  get demand(): number {
    return this.tokens + this.placeholders - this.computed;
  }

  /** Nothing is left to schedule: the step that generates the last token is in flight. */
  get lastTokenIsInFlight(): boolean {
    return this.endIsForeseen && this.work.generated + this.placeholders >= this.finalCount;
  }

  receiveToken(): void {
    const { answer } = this.work;
    this.tokenNames.push(`${answer.text}@${answer.from + this.work.generated}`);
    this.work.generated += 1;
    // A preempted sequence has no placeholder left for the token it still gets.
    if (this.placeholders > 0) this.placeholders -= 1;
  }

  /** What its first tokens are, and whose keys and values they have: the identity of a block. */
  contentOf(tokens: number): string {
    const { adapter, cacheSalt } = this.work;
    const names = this.tokenNames.slice(0, tokens).join(' ');
    return `adapter ${adapter}, salt ${cacheSalt}: ${names}`;
  }
}
