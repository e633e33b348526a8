import { describe, expect, test } from 'vitest';
import { TimedQueue } from '../../core/timed-queue.ts';
import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { libraryScenario } from '../support/scenarios.ts';
import { playByHand } from './support/manual-clients.ts';
import { answerAt, type WireRequest } from './support/manual-world.ts';

// What goes over the wire is what the simulator would simulate: the same requests at the same times.

const answerUs = 1_500_000;
const names = ['azure-chat', 'multi-turn-chat', 'agentic-fanout', 'rag-documents', 'tenant-skew'];

describe.each(names)('%s', (name) => {
  const scenario = { ...libraryScenario(name), warmupUs: 2e6, durationUs: 20e6 };
  const { isOver, lags, wire } = playByHand(scenario, answerAt(answerUs));
  const specs = drawn(scenario, wire.length);

  test('every request is sent at its time, with its lengths, tenant and session', () => {
    expect(isOver).toBe(true);
    expect(wire.length).toBeGreaterThan(20);
    expect(wire.map(keyOf).sort()).toEqual(specs.map(specKey).sort());
    expect(wire.map(({ atUs }) => atUs)).toEqual(specs.map(({ arrivalUs }) => arrivalUs));
    expect(Math.max(...lags)).toBe(0);
  });

  test('prompts share tokens exactly as far as their passages agree', () => {
    const byKey = new Map(wire.map((request) => [keyOf(request), request]));
    const pairs = specs.slice(1, 50).map((spec, i) => [specs[i]!, spec] as const);
    for (const [one, other] of pairs) {
      const [a, b] = [one, other].map((spec) => promptOf(byKey.get(specKey(spec))!));
      expect(sharedPassages(one, other)).toBe(sharedTokens(a!, b!));
    }
  });
});

test('at twice the speed all comes in half the time', () => {
  const scenario = { ...libraryScenario('azure-chat'), warmupUs: 0, durationUs: 20e6 };
  const normal = playByHand(scenario, answerAt(1_000)).wire;
  const fast = playByHand(scenario, answerAt(1_000), { timeScale: 2 }).wire;
  const common = Math.min(normal.length, fast.length);
  expect(common).toBeGreaterThan(100);
  for (let i = 0; i < common; i++) {
    expect(fast[i]!.atUs).toBe(Math.round(normal[i]!.atUs / 2));
    expect(fast[i]!.body).toEqual(normal[i]!.body);
  }
});

/** The requests of the stream when all answers take the same time. */
function drawn(scenario: Scenario, count: number): RequestSpec[] {
  const stream = new RequestStream(scenario, 1);
  const ends = new TimedQueue<number>();
  const specs: RequestSpec[] = [];
  while (specs.length < count) {
    if (ends.nextUs <= stream.nextArrivalUs) {
      const atUs = ends.nextUs;
      const id = ends.pop()!;
      stream.ended?.(id, atUs);
      continue;
    }
    const spec = stream.next();
    specs.push(spec);
    ends.push(spec.arrivalUs + answerUs, spec.id);
  }
  return specs;
}

function specKey(spec: RequestSpec): string {
  const { arrivalUs, outputTokens, promptTokens, session } = spec;
  return [arrivalUs, session, promptTokens, outputTokens, spec.cacheSalt].join(' ');
}

function keyOf({ atUs, body, head }: WireRequest): string {
  const session = /x-session-id: (\d+)/.exec(head)?.[1] ?? '0';
  const { cache_salt: salt = 0, max_tokens: most, prompt } = body;
  return [atUs, session, (prompt as number[]).length, most, salt].join(' ');
}

function promptOf({ body }: WireRequest): readonly number[] {
  return body['prompt'] as number[];
}

function sharedTokens(a: readonly number[], b: readonly number[]): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  return shared;
}

/** Tokens at the beginning that are the same tokens of the same texts. */
function sharedPassages({ prompt: a }: RequestSpec, { prompt: b }: RequestSpec): number {
  let shared = 0;
  for (let i = 0, j = 0, inA = 0, inB = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i]!, b[j]!];
    if (one.text !== other.text || one.from + inA !== other.from + inB) return shared;
    const tokens = Math.min(one.tokens - inA, other.tokens - inB);
    shared += tokens;
    inA = (inA + tokens) % one.tokens;
    inB = (inB + tokens) % other.tokens;
    if (inA === 0) i += 1;
    if (inB === 0) j += 1;
  }
  return shared;
}
