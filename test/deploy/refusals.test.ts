import { describe, expect, test } from 'vitest';
import { type BalancerSetting, usualSetting } from '../../deploy/balancer.ts';
import { balancers } from '../../deploy/registry.ts';
import { strategies } from '../../strategies/registry.ts';

const replica = (url: string, weight = 1, name = 'r') => ({ name, url: new URL(url), weight });
const setting: BalancerSetting = {
  ...usualSetting,
  listen: { host: '127.0.0.1', port: 8080 },
  replicas: [replica('http://a:8000'), replica('http://b:8000')],
  policy: '',
};

describe.each(balancers)('$name', (balancer) => {
  const usual = { ...setting, policy: balancer.policies[0]!.name };

  test('has an equivalent strategy with options that it takes, or none', () => {
    for (const { equivalent } of balancer.policies) {
      if (equivalent === undefined) continue;
      const { name, options } = equivalent;
      const strategy = strategies.find((one) => one.name === name)!;
      expect(strategy.schema.safeParse({ name, ...options }).success, name).toBe(true);
    }
  });

  test.each<[string, Partial<BalancerSetting>, RegExp]>([
    ['an unknown policy', { policy: 'best' }, /has no policy "best"/],
    ['no replica', { replicas: [] }, /there is no replica/],
    ['https', { replicas: [replica('https://a:1')] }, /only plain http.*http:\/\/a:1/],
    ['a host that ends a directive', { replicas: [replica('http://a;b{:1')] }, /"a;b\{"/],
    ['the same replica twice', { replicas: [replica('http://a'), replica('http://a')] }, /twice/],
    ['half a weight', { replicas: [replica('http://a', 0.5)] }, /weight 0\.5/],
    ['no weight', { replicas: [replica('http://a', 0)] }, /weight 0/],
    ['a place that is none', { listen: { host: 'a b', port: 80 } }, /"a b" to listen at/],
    ['a port that is none', { listen: { host: '::', port: 0 } }, /"::" to listen at/],
    ['port 0', { listen: { host: '[::]', port: 0 } }, /port 0/],
    ['a header that ends a directive', { sessionHeader: 'x;' }, /header "x;"/],
    ['a path that ends a directive', { healthPath: '/h }' }, /path "\/h \}"/],
  ])('refuses %s', (_what, change, message) => {
    expect(() => balancer.write({ ...usual, ...change })).toThrow(message);
  });

  test('has no name twice, and its replicas in the order given', () => {
    const names = ['a', 'a', 'a_', '', ''];
    const replicas = names.map((name, index) => replica(`http://h${index}:1`, 1, name));
    const text = balancer.write({ ...usual, replicas });
    const places = names.map((_name, index) => text.indexOf(`h${index}:1`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const servers = [...text.matchAll(/^ {2}server (\S+)/gm)].map((found) => found[1]);
    expect(new Set(servers).size).toBe(servers.length);
  });
});

test('who has no weights does not drop them in silence', () => {
  const caddy = balancers.find(({ name }) => name === 'caddy')!;
  const replicas = [replica('http://a', 1), replica('http://b', 2)];
  const write = () => caddy.write({ ...setting, policy: 'random', replicas });
  expect(write).toThrow('caddy has no weights');
});
