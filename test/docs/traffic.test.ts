import { expect, test } from 'vitest';
import { documentedTenants } from '../support/documented-traffic.ts';
import { playTraffic } from '../support/played-traffic.ts';

test.each(documentedTenants().map((tenant) => [tenant.tenant, tenant] as const))(
  'the tenant "%s" of docs/traffic.md sends requests',
  (name, tenant) => {
    const played = playTraffic([tenant], 100);
    expect(played).toHaveLength(100);
    const names = new Set(played.map(({ request }) => request.tenant));
    if (tenant.population === undefined) expect(names).toEqual(new Set([name]));
    else expect([...names].every((member) => member.startsWith(`${name}-`))).toBe(true);
  },
);

test('there are tenants to read', () => {
  expect(documentedTenants().length).toBeGreaterThan(15);
});
