import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DecisionFile } from '../../cli/decision-file.ts';
import { replayLog } from '../../cli/replay-log.ts';
import { noLimits } from '../../core/slo.ts';
import type { DecisionEntry } from '../../gateway/decision-log/entry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const numbers = { session: 0, turn: 0, arrivalUs: 0, promptTokens: 1, priority: 0, adapter: 0 };
const prefixHashes = Float64Array.from({ length: 100_000 }, (_, i) => Math.sqrt(i));

function largeRequest(request: number): DecisionEntry {
  const own = { id: request, tenant: 'acme', attempts: 0, limits: noLimits, prefixHashes };
  return { kind: 'request', request, view: { ...numbers, ...own } };
}

test('a log that the disk does not keep up with ends before the hole', {
  timeout: 60_000,
}, async () => {
  const path = join(temporaryFolder(), 'decisions.ndjson');
  const said: string[] = [];
  const file = await DecisionFile.open({ path, version: 'test', say: (text) => said.push(text) });
  const strategy = { name: 'random', options: {} };
  const write = file.begin({ strategy, seed: 1, stream: 's', groups: ['g'] });
  // All in one turn, so that nothing of it can be on the disk before the last.
  for (let request = 1; request <= 40; request++) write(largeRequest(request));
  write({ kind: 'added', group: 'g' });
  await file.close();
  expect(said).toEqual([
    expect.stringMatching(/: the disk does not keep up\. .* ends with line 3\d\.$/),
  ]);
  const result = await replayLog(path);
  expect(result).toMatchObject({ picks: 0, isComplete: false, version: 'test' });
});
