import { describe, expect, test } from 'vitest';
import { LoadGenerator } from '../../../experiments/published/load-generator.ts';
import { GivenRequests } from '../../support/given-requests.ts';

const deck = [1, 2, 3].map((text) => [{ text, from: 0, tokens: 32 }]);

/** Plays requests of these milliseconds; each takes so long, and stages begin at these. */
function play(atMs: readonly number[], tookMs: number, mostInFlight: number, stagesMs: number[]) {
  const generator = new LoadGenerator(new GivenRequests(atMs.map((at) => ({ atMs: at }))), {
    stagesUs: stagesMs.map((ms) => 1_000 * ms),
    mostInFlight,
    deck,
  });
  const sent: { id: number; atMs: number; text: number }[] = [];
  const ends: { id: number; atUs: number }[] = [];
  for (;;) {
    const arrivalUs = generator.nextArrivalUs;
    if (ends.length > 0 && ends[0]!.atUs <= arrivalUs) {
      const { atUs, id } = ends.shift()!;
      generator.ended(id, atUs);
    } else if (arrivalUs === Number.POSITIVE_INFINITY) {
      return { sent, stages: generator.stageOf };
    } else {
      const spec = generator.next();
      expect(spec.arrivalUs).toBe(arrivalUs);
      sent.push({ id: spec.id, atMs: arrivalUs / 1_000, text: spec.prompt[0]!.text });
      ends.push({ id: spec.id, atUs: arrivalUs + 1_000 * tookMs });
    }
  }
}

describe('a load generator', () => {
  test('keeps to its schedule while nothing is late', () => {
    const { sent } = play([0, 10, 20, 30], 5, 10, [0, 100]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30]);
  });

  test('begins a stage when the last request of the stage before has ended', () => {
    const { sent, stages } = play([0, 10, 20, 25], 100, 10, [0, 15, 30]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10, 115, 120]);
    expect(stages).toEqual([0, 0, 1, 1]);
  });

  test('skips a stage without requests, and sends nothing after the last', () => {
    const { sent, stages } = play([0, 25, 40], 100, 10, [0, 10, 20, 30]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 105]);
    expect(stages).toEqual([0, 2]);
  });

  test('holds back what would be one too many, and sends it the moment another ends', () => {
    const { sent } = play([0, 1, 2, 3, 4], 50, 2, [0, 100]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 1, 50, 51, 100]);
  });

  test('deals the prompts out in one order, from the first again in each stage', () => {
    const { sent } = play([0, 1, 2, 3, 20, 21], 1, 10, [0, 10, 30]);
    expect(sent.map(({ text }) => text)).toEqual([1, 2, 3, 1, 1, 2]);
  });
});
