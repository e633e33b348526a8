import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { parseUserProfile } from '../../sim/step-time/user-profile.ts';

const smallest = {
  name: 'mine',
  coefficients: { baseMs: 8, knots: [1, 64], tokenMs: [0.01, 0.02] },
};

function complaint(profile: unknown): string {
  const text = typeof profile === 'string' ? profile : JSON.stringify(profile);
  try {
    parseUserProfile(text, 'mine.json');
  } catch (error) {
    expect(error).toBeInstanceOf(FairleadError);
    expect((error as FairleadError).code).toBe('PROFILE_INVALID');
    return (error as FairleadError).message;
  }
  throw new Error('nothing was wrong');
}

function withCoefficients(more: object) {
  return { ...smallest, coefficients: { ...smallest.coefficients, ...more } };
}

describe("a user's profile", () => {
  test('needs no more than a name, a base and slopes', () => {
    const { coefficients, host, range } = parseUserProfile(JSON.stringify(smallest), 'mine.json');
    expect(coefficients.contextMs).toBe(0);
    expect(coefficients.mixed.baseMs).toBe(0);
    expect(host).toEqual({ stepMs: 0, sequenceMs: 0 });
    expect(range).toBeUndefined();
  });

  test('is read as it was written', () => {
    const full = {
      ...withCoefficients({ contextMs: 1e-4, mixed: { sequenceMs: 0.01 } }),
      host: { stepMs: 0.3, sequenceMs: 0.015 },
      errorPct: { decode: 2, prefill: 3, mixed: 4 },
    };
    const read = parseUserProfile(JSON.stringify(full), 'mine.json');
    expect(read.coefficients.contextMs).toBe(1e-4);
    expect(read.coefficients.mixed.sequenceMs).toBe(0.01);
    expect(read.host).toEqual(full.host);
    expect(read.errorPct).toEqual(full.errorPct);
  });

  test.each([
    ['{"name": ', 'not valid JSON'],
    [{ ...smallest, coeficients: {} }, 'coefficients'],
    [withCoefficients({ contextMs: -1 }), 'coefficients.contextMs'],
    [withCoefficients({ baseMs: 'fast' }), 'coefficients.baseMs'],
    [withCoefficients({ tokenMs: [0.01] }), 'one slope for each knot'],
    [withCoefficients({ baseMs: 0, tokenMs: [0, 0] }), 'a step must take time'],
    [withCoefficients({ knots: [64, 1] }), 'larger than the one before'],
    [withCoefficients({ mixed: { contextMS: 1 } }), 'contextMs'],
    [{ coefficients: smallest.coefficients }, 'name'],
    ['[]', 'found []'],
  ])('%j is refused with a word on what is wrong', (profile, word) => {
    const message = complaint(profile);
    expect(message).toContain('mine.json');
    expect(message).toContain(word);
  });
});
