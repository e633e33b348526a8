import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { tenantSchema } from '../../scenarios/tenant-schema.ts';
import { repository } from '../support/run-fairlead.ts';

test('the traffic in docs/traces.md is as a scenario has it', () => {
  const page = readFileSync(join(repository, 'docs/traces.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const entries = blocks.flatMap((block) => parse(block) as unknown[]);
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) expect(tenantSchema.safeParse(entry).error).toBeUndefined();
});
