import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { repository } from './run-fairlead.ts';

/** Where the public traces are, if this machine has them. */
export const traceData =
  process.env['FAIRLEAD_TRACES'] ?? join(repository, '../shared/data/traces');

export const hasTraceData = existsSync(join(traceData, 'mooncake/conversation_trace.jsonl.gz'));

if (!hasTraceData) {
  process.stderr.write(`skipped: needs the public traces in ${traceData}\n`);
}

/** The text of a trace file, unpacked. */
export function traceText(file: string): string {
  return gunzipSync(readFileSync(join(traceData, file))).toString('utf8');
}
