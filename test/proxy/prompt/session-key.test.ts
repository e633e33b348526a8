import { describe, expect, test } from 'vitest';
import { PromptReader } from '../../../proxy/prompt/prompt-reader.ts';

const reader = new PromptReader({
  ...{ needsPrefix: false, countsText: false, blockTokens: 16 },
  sessionHeaders: ['X-Session-Id', 'x-other'],
});

const sessionOf = (body: object, headers: Record<string, string> = {}) =>
  reader.read(Buffer.from(JSON.stringify(body)), headers).session;

describe('the key of a session', () => {
  test('is of the first header that is there, or else of the body from the closest to the widest', () => {
    const a = sessionOf({}, { 'x-session-id': 'a' });
    const everything = { user: 'd', prompt_cache_key: 'c', conversation: 'b', session_id: 'a' };
    expect(sessionOf(everything)).toBe(a);
    expect(sessionOf({ ...everything, session_id: null, conversation: 'a' })).toBe(a);
    expect(sessionOf({ user: 'd', prompt_cache_key: 'a' })).toBe(a);
    expect(sessionOf({ user: 'a' })).toBe(a);
    expect(sessionOf({ conversation: { id: 'a' }, user: 'b' })).toBe(a);
    expect(sessionOf({ user: 'x' }, { 'x-other': 'a' })).toBe(a);
    expect(sessionOf({ user: 'x' }, { 'x-other': 'b', 'x-session-id': 'a' })).toBe(a);
    expect(sessionOf({ user: 'b' })).not.toBe(a);
  });

  test('is the same for the same bytes, and stays what it is', () => {
    const header = Buffer.from('Zürich').toString('latin1');
    expect(sessionOf({}, { 'x-session-id': header })).toBe(sessionOf({ user: 'Zürich' }));
    expect(sessionOf({ user: 'user-1' })).toBe(2_005_895_916);
  });

  test('is 0 where nothing tells', () => {
    for (const user of ['', null, 5, {}, ['a'], 'x'.repeat(5_000)]) {
      expect(sessionOf({ user, conversation: {} }, { 'x-session-id': '' })).toBe(0);
    }
  });

  test('is a number of 32 bits, and another one for nearly all others', () => {
    const keys = new Set(
      Array.from({ length: 50_000 }, (_, i) => sessionOf({ user: `user-${i}` })),
    );
    // Of so many in 32 bits there is a pair about every third time.
    expect(keys.size).toBeGreaterThan(49_990);
    expect([...keys].every((key) => Number.isInteger(key) && key > 0 && key < 2 ** 32)).toBe(true);
  });

  test('of a header is known where the body is not', () => {
    const { session } = reader.read(Buffer.from('nothing'), { 'x-session-id': 'a' });
    expect(session).toBe(sessionOf({ user: 'a' }));
  });
});
