import fc from 'fast-check';
import type { Passage, Place } from '../../core/passage.ts';
import type { Abort, Arrival, BenchRequest } from './engine-bench.ts';

export interface EngineLimits {
  readonly maxModelLen: number;
  readonly blockSize: number;
}

/** A request as it is drawn, so that a counterexample shrinks in its terms. */
export interface RequestDraw {
  /** After the request before. */
  readonly gapUs: number;
  /** Comes when an earlier one ends or is refused, instead of at its time; counted back from this one. */
  readonly onEndOf: number | undefined;
  readonly prompt:
    | { readonly kind: 'new'; readonly system: number; readonly systemTokens: number }
    /** The prompt of an earlier one; `back` counts from this one. A twin says nothing else. */
    | { readonly kind: 'same'; readonly back: number; readonly isTwin: boolean }
    /** The prompt of an earlier one and so much of its answer. */
    | { readonly kind: 'next-turn'; readonly back: number; readonly answerTokens: number };
  readonly ownTokens: number;
  /** Cut to whole blocks. */
  readonly aligned: boolean;
  /** Longer than the context, prompt or answer, which is refused. */
  readonly tooLong: boolean;
  /** The answer goes on in the text of the prompt, or is a text of its own. */
  readonly answerGoesOn: boolean;
  readonly outputTokens: number;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter: number;
  readonly cacheSalt: number;
  /** Prompt tokens computed elsewhere, of those that there are but the last. */
  readonly remoteTokens: number;
  readonly abort:
    | { readonly kind: 'never' }
    | { readonly kind: 'after'; readonly us: number }
    /** Of itself or of one before it. */
    | { readonly kind: 'onFirstTokenOf'; readonly back: number };
}

/** Bursts, times on the ends of steps that last whole milliseconds, and pauses. */
const gaps: fc.Arbitrary<number> = fc.oneof(
  { arbitrary: fc.constant(0), weight: 4 },
  { arbitrary: fc.integer({ min: 0, max: 8 }).map((ms) => ms * 1_000), weight: 3 },
  { arbitrary: fc.nat(5_000), weight: 2 },
  { arbitrary: fc.nat(100_000), weight: 1 },
);

const prompts: fc.Arbitrary<RequestDraw['prompt']> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('new' as const),
      system: fc.nat(2),
      systemTokens: fc.nat(24),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('same' as const),
      back: fc.nat(5),
      isTwin: fc.boolean(),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('next-turn' as const),
      back: fc.nat(5),
      answerTokens: fc.nat(24),
    }),
    weight: 2,
  },
);

const aborts: fc.Arbitrary<RequestDraw['abort']> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('never' as const) }), weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant('after' as const), us: gaps }), weight: 2 },
  {
    arbitrary: fc.record({ kind: fc.constant('onFirstTokenOf' as const), back: fc.nat(3) }),
    weight: 1,
  },
);

/** True now and then. */
const seldom = fc.nat(19).map((n) => n === 19);

export const requestDraws: fc.Arbitrary<RequestDraw> = fc.record({
  gapUs: gaps,
  onEndOf: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 4 },
    { arbitrary: fc.nat(5), weight: 1 },
  ),
  prompt: prompts,
  ownTokens: fc.nat(30),
  aligned: fc.boolean(),
  tooLong: seldom,
  answerGoesOn: fc.boolean(),
  outputTokens: fc.oneof(
    { arbitrary: fc.constant(1), weight: 1 },
    { arbitrary: fc.integer({ min: 1, max: 40 }), weight: 5 },
  ),
  finish: fc.constantFrom('length', 'stop'),
  priority: fc.integer({ min: 0, max: 3 }),
  adapter: fc.nat(4),
  cacheSalt: fc.constantFrom(0, 0, 0, 1),
  remoteTokens: fc.oneof(
    { arbitrary: fc.constant(0), weight: 3 },
    { arbitrary: fc.nat(64), weight: 1 },
  ),
  abort: aborts,
});

/** Turns draws into requests that fit an engine, or are refused where they were meant to be. */
export function benchRequests(draws: readonly RequestDraw[], limits: EngineLimits): BenchRequest[] {
  const requests: BenchRequest[] = [];
  let clockUs = 0;
  for (const [id, draw] of draws.entries()) {
    clockUs = arrivalAfter(clockUs, draw.gapUs);
    const prompt = promptOf(id, draw, requests, limits);
    const { finish, priority, adapter, cacheSalt } = draw;
    const outputTokens = answerTokens(draw, limits.maxModelLen - sum(prompt));
    requests.push({
      promptTokens: sum(prompt),
      ...{ outputTokens, finish, priority, adapter, cacheSalt, prompt },
      answer: twinOf(draw, requests)?.answer ?? answerPlace(id, draw, prompt),
      remoteTokens: Math.min(draw.remoteTokens, sum(prompt) - 1),
      arrival: arrivalOf(id, draw, clockUs),
      abort: abortOf(id, draw, clockUs),
    });
  }
  return requests;
}

function promptOf(
  id: number,
  draw: RequestDraw,
  earlier: readonly BenchRequest[],
  { maxModelLen, blockSize }: EngineLimits,
): Passage[] {
  const isTwin = twinOf(draw, earlier) !== undefined;
  const own = { text: 1_000 + id, from: 0, tokens: isTwin ? 0 : draw.ownTokens };
  const passages = [...sharedPart(draw.prompt, earlier), own];
  const isTooLong = draw.tooLong && draw.finish === 'stop';
  let tokens = Math.max(1, Math.min(sum(passages), maxModelLen - 1));
  if (isTooLong) tokens = maxModelLen;
  else if (draw.aligned && tokens >= blockSize) tokens -= tokens % blockSize;
  // A text of its own fills up what the passages leave.
  return beginning([...passages, { text: 3_000 + id, from: 0, tokens }], tokens);
}

/** With `max_tokens` no more than there is room for, or just one too many. */
function answerTokens({ finish, outputTokens, tooLong }: RequestDraw, room: number): number {
  if (finish === 'stop') return outputTokens;
  return tooLong ? room + 1 : Math.min(outputTokens, room);
}

/** Whose prompt and answer it says over again: then several write the same text at once. */
function twinOf({ prompt }: RequestDraw, earlier: readonly BenchRequest[]) {
  if (prompt.kind !== 'same' || !prompt.isTwin) return undefined;
  return earlier[earlier.length - 1 - prompt.back];
}

function sharedPart(draw: RequestDraw['prompt'], earlier: readonly BenchRequest[]): Passage[] {
  if (draw.kind === 'new') {
    return [{ text: 1 + draw.system, from: 0, tokens: draw.systemTokens }];
  }
  const other = earlier[earlier.length - 1 - draw.back];
  if (other === undefined) return [];
  const answer = draw.kind === 'next-turn' ? [{ ...other.answer, tokens: draw.answerTokens }] : [];
  return [...other.prompt, ...answer];
}

/** The first tokens of some passages, none of them empty. */
function beginning(passages: readonly Passage[], tokens: number): Passage[] {
  const cut: Passage[] = [];
  let left = tokens;
  for (const passage of passages) {
    const some = Math.min(passage.tokens, left);
    if (some > 0) cut.push({ ...passage, tokens: some });
    left -= some;
  }
  return cut;
}

function answerPlace(id: number, draw: RequestDraw, prompt: readonly Passage[]): Place {
  const { text, from, tokens } = prompt.at(-1)!;
  return draw.answerGoesOn ? { text, from: from + tokens } : { text: 2_000 + id, from: 0 };
}

/** A gap of whole milliseconds brings the clock back to where steps of such end. */
function arrivalAfter(clockUs: number, gapUs: number): number {
  const isWhole = gapUs > 0 && gapUs % 1_000 === 0;
  return isWhole ? Math.ceil((clockUs + gapUs) / 1_000) * 1_000 : clockUs + gapUs;
}

function arrivalOf(id: number, { onEndOf }: RequestDraw, atUs: number): Arrival {
  const request = onEndOf === undefined ? -1 : id - 1 - onEndOf;
  return request >= 0 ? { kind: 'onEndOf', request } : { kind: 'at', atUs };
}

function abortOf(id: number, { abort }: RequestDraw, arrivalUs: number): Abort {
  switch (abort.kind) {
    case 'never':
      return abort;
    case 'after':
      return { kind: 'at', atUs: arrivalUs + abort.us };
    case 'onFirstTokenOf':
      return { kind: abort.kind, request: Math.max(0, id - abort.back) };
  }
}

function sum(passages: readonly Passage[]): number {
  return passages.reduce((tokens, passage) => tokens + passage.tokens, 0);
}
