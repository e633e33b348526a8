import { expect, test } from 'vitest';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import { documentedTenants } from '../support/documented-traffic.ts';
import { smallScenario } from '../support/scenarios.ts';

test.each(documentedTenants().map((tenant) => [tenant.tenant, tenant] as const))(
  'the tenant "%s" of docs/traffic.md sends requests',
  (_name, tenant) => {
    const stream = new RequestStream(resolveLoad(smallScenario({ traffic: [tenant] })), 1);
    const requests = Array.from({ length: 100 }, () => stream.next());
    expect(new Set(requests.map((request) => request.tenant))).toEqual(new Set([tenant.tenant]));
  },
);

test('there are tenants to read', () => {
  expect(documentedTenants().length).toBeGreaterThan(5);
});
