import { join } from 'node:path';
import type { TraceDecoderOptions } from '../../scenarios/traces/trace-decoder.ts';
import { openTraceFile } from '../../scenarios/traces/trace-file.ts';
import { traceData } from './trace-data.ts';
import { collect, type ReadTrace } from './traces.ts';

/** Reads one of the public traces. */
export function readPublicTrace(
  file: string,
  options: Partial<TraceDecoderOptions> = {},
): Promise<ReadTrace> {
  return collect(openTraceFile(join(traceData, file), options));
}
