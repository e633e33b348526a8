import { describe, expect, test } from 'vitest';
import { RequestKey } from '../../strategies/shared/request-key.ts';
import type { RequestView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView } from '../support/views.ts';

/** What is hashed of a request, in words. */
function textOf(
  key: 'session' | 'tenant' | 'prefix',
  given: Partial<RequestView>,
  prefixTokens = 64,
): string {
  let text = '';
  new RequestKey({ key, prefixTokens }, 16).hash(requestView(321, 100, given), (bytes, length) => {
    text = new TextDecoder().decode(bytes.subarray(0, length));
    return 0;
  });
  return text;
}

describe('the key of a request', () => {
  test('is the number of its session, or its own without one', () => {
    for (const session of [1, 9, 10, 4_294_967_296, Number.MAX_SAFE_INTEGER]) {
      expect(textOf('session', { session })).toBe(String(session));
    }
    expect(textOf('session', { session: 0 })).toBe('321');
  });

  test('is the name of its tenant, in UTF-8', () => {
    for (const tenant of ['a', 'team-7', 'Zürich 東京', 'x'.repeat(500)]) {
      expect(textOf('tenant', { tenant })).toBe(tenant);
    }
  });

  test('is the same for a tenant after any number of others', () => {
    const key = new RequestKey({ key: 'tenant', prefixTokens: 64 }, 16);
    const lengthOf = (tenant: string) =>
      key.hash(requestView(1, 100, { tenant }), (_, length) => length);
    for (let id = 0; id < 40_000; id++) lengthOf(`tenant-${id}`);
    expect(['first', 'tenant-0', 'tenant-39999'].map(lengthOf)).toEqual([5, 8, 12]);
  });

  test('is the hash of so many tokens of its prompt, of all whole blocks or its own number', () => {
    const prefixHashes = Float64Array.of(11, 22, 33, 44, 55);
    expect(textOf('prefix', { prefixHashes })).toBe('44');
    expect(textOf('prefix', { prefixHashes }, 79)).toBe('44');
    expect(textOf('prefix', { prefixHashes }, 1)).toBe('11');
    expect(textOf('prefix', { prefixHashes }, 10_000)).toBe('55');
    expect(textOf('prefix', { prefixHashes: new Float64Array(0) })).toBe('321');
  });
});

test('prefix-hash sends all who share the first characters to one replica, and no others', () => {
  const fleet = fleetView(new Array<number>(16).fill(0));
  const strategy = makeStrategy('prefix-hash', { characters: 128 });
  const picks = (blocks: (id: number) => readonly number[]) =>
    new Set(
      Array.from({ length: 200 }, (_, id) =>
        strategy.pick(
          requestView(id, 100, { prefixHashes: Float64Array.from(blocks(id)) }),
          fleet,
          0,
        ),
      ),
    ).size;
  // 128 characters are 32 tokens, which are two blocks.
  expect(picks((id) => [1, 2, 1_000 + id])).toBe(1);
  expect(picks((id) => [1, 1_000 + id])).toBe(16);
});
