import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from './run-fairlead.ts';
import type { SmallTenant } from './scenarios.ts';

export type DocumentedTenant = SmallTenant & {
  readonly tenant: string;
  readonly arrivals: Readonly<Record<string, unknown>>;
};

/** All tenants in the examples of docs/traffic.md. */
export function documentedTenants(): DocumentedTenant[] {
  const page = readFileSync(join(repository, 'docs/traffic.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  return blocks.flatMap((block) => parse(block) as DocumentedTenant[]);
}

export function documentedTenant(name: string): DocumentedTenant {
  const tenant = documentedTenants().find((candidate) => candidate.tenant === name);
  if (tenant === undefined) throw new Error(`docs/traffic.md has no tenant ${name}`);
  return tenant;
}
