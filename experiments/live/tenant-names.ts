import type { Tenant } from '../../scenarios/scenario.ts';

/** What the tenants of an entry of the traffic are called, the entry itself first. */
export function tenantNames({ population, tenant, trace }: Tenant): string[] {
  const members = Array.from({ length: population?.tenants ?? 0 }, (_, n) => `${tenant}-${n + 1}`);
  const inTrace = (trace?.rows?.tenants ?? []).map((name) => `${tenant}/${name}`);
  return [tenant, ...members, ...inTrace];
}
