import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessLogFields } from '../../core/formats/access-log-fields.ts';
import { ProxyMetrics } from '../../proxy/observe/proxy-metrics.ts';
import { exposition } from '../support/exposition.ts';
import { repository } from '../support/run-fairlead.ts';

const page = readFileSync(join(repository, 'docs/proxy-observability.md'), 'utf8');

/** The names in the first column of a table under a heading. */
function firstColumn(heading: string): string[] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(heading))!;
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!);
}

test('the documented metrics are those that are served', async () => {
  const counts = { nowUs: 0, queueLength: 0, openConnections: 0, openStreams: 0, lostLogLines: 0 };
  const snapshot = () => ({ ...counts, replicas: [] });
  const names = { tenants: [], models: [] };
  const metrics = new ProxyMetrics({ names, ofProcess: true, snapshot });
  const served = [...exposition(await metrics.text()).kinds.keys()];
  const ofProcess = served.filter((name) => /^(process|nodejs)_/.test(name));
  expect(ofProcess.length).toBeGreaterThan(5);
  expect(page).toContain('`process_*` and `nodejs_*`');
  expect(served.filter((name) => !ofProcess.includes(name))).toEqual(
    firstColumn('Observing the proxy'),
  );
});

test('the documented fields of the access log are those that are written', () => {
  expect(firstColumn('Access log')).toEqual(Object.keys(accessLogFields));
});
