import { describe, expect, test } from 'vitest';
import { GatewayPicks } from '../support/gateway-picks.ts';

// Picks that were observed of nginx 1.22.1, HAProxy 2.6.12 and Caddy 2.6.2, each freshly started with
// one worker and servers 127.0.0.1:39101 and up, which are numbered from 1.

interface Case {
  readonly strategy: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly weights: readonly number[];
  /** One request for each; the name of its tenant. */
  readonly keys: readonly string[];
  /** Requests that are answered at once, or that all stay. */
  readonly answers?: 'at-once' | 'never';
}

/** The picks of our strategy behind our gateway, as digits. */
function picksOf({ answers = 'at-once', keys, options = {}, strategy, weights }: Case): string {
  const ports = weights.map((_, index) => 39_101 + index);
  const gateway = new GatewayPicks({ strategy, options, weights, ports });
  const picks = keys.map((key, request) => {
    const pick = gateway.send(key);
    if (answers === 'at-once') gateway.end(request);
    return pick;
  });
  return picks.join('');
}

const equal = (servers: number): number[] => new Array<number>(servers).fill(1);
const anyKeys = (count: number): string[] => new Array<string>(count).fill('same');
const k0to39 = Array.from({ length: 40 }, (_, index) => `k${index}`);

describe('nginx', () => {
  test('smooth weighted round robin, 5 to 1 to 1', () => {
    const observed = '11213111121311';
    const keys = anyKeys(observed.length);
    expect(picksOf({ strategy: 'weighted-round-robin', weights: [5, 1, 1], keys })).toBe(observed);
  });

  test('least_conn, idle and with all requests held', () => {
    const asked = { strategy: 'nginx-least-conn', weights: equal(4) };
    expect(picksOf({ ...asked, keys: anyKeys(8) })).toBe('12341234');
    expect(picksOf({ ...asked, keys: anyKeys(10), answers: 'never' })).toBe('1234432112');
  });

  test('hash … consistent', () => {
    const options = { key: 'tenant', hash: 'nginx' };
    expect(picksOf({ strategy: 'ring-hash', options, weights: equal(4), keys: k0to39 })).toBe(
      '1221413334142234431211223421123411313433',
    );
  });
});

describe('HAProxy', () => {
  test.each([
    [[1, 1, 1], '123123'],
    [[5, 1, 1], '11121131112113'],
    [[3, 2, 1], '121312121312'],
    [[7, 3, 2], '112131211123112131211123'],
    [[1, 10, 4, 4], '223242324212324232422324232421232423242232423242123242324'],
  ])('roundrobin with weights %j', (weights, observed) => {
    const keys = anyKeys(observed.length);
    expect(picksOf({ strategy: 'haproxy-roundrobin', weights, keys })).toBe(observed);
  });

  test.each(['at-once', 'never'] as const)('leastconn, answered %s', (answers) => {
    const asked = { strategy: 'haproxy-leastconn', weights: equal(4), keys: anyKeys(10) };
    expect(picksOf({ ...asked, answers })).toBe('1234123412');
  });

  test('a header with hash-type consistent', () => {
    const options = { key: 'tenant', hash: 'haproxy' };
    expect(picksOf({ strategy: 'ring-hash', options, weights: equal(4), keys: k0to39 })).toBe(
      '1323121214314234121324434333433142444234',
    );
  });

  test('first with two slots each, while there are any', () => {
    const options = { slots: 2 };
    const keys = anyKeys(6);
    const asked = { strategy: 'first-fit', options, weights: equal(3), keys };
    expect(picksOf({ ...asked, answers: 'never' })).toBe('112233');
  });

  test('hash-balance-factor 125 spreads twelve requests of one key over three servers', () => {
    const options = { key: 'tenant', hash: 'haproxy', balanceFactor: 1.25 };
    const spread = k0to39.map((key) => {
      const keys = new Array<string>(12).fill(key);
      const asked = { strategy: 'bounded-hash', options, weights: equal(4), keys };
      return picksOf({ ...asked, answers: 'never' });
    });
    // The key of the observation is not known; each of its walks round the ring is one of these.
    expect(spread).toContain('243423423423');
  });
});

describe('Caddy', () => {
  test('header', () => {
    const options = { key: 'tenant', hash: 'caddy' };
    expect(picksOf({ strategy: 'rendezvous-hash', options, weights: equal(4), keys: k0to39 })).toBe(
      '4441123444144443211441443412414414214344',
    );
  });

  test('round_robin begins with the second', () => {
    const picks = picksOf({ strategy: 'round-robin', weights: equal(3), keys: anyKeys(7) });
    expect(picks.slice(1)).toBe('231231');
  });
});
