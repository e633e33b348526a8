import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './run-fairlead.ts';

/** Where the public traces are, if this machine has them. */
export const traceData =
  process.env['FAIRLEAD_TRACES'] ?? join(repository, '../shared/data/traces');

export const hasTraceData = existsSync(join(traceData, 'mooncake/conversation_trace.jsonl.gz'));

if (!hasTraceData) {
  process.stderr.write(`skipped: needs the public traces in ${traceData}\n`);
}
