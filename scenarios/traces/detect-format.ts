import { suggestion } from '../../core/closest.ts';
import { FairleadError } from '../../core/errors.ts';
import { excerpt } from './bad-rows.ts';
import { formats } from './formats/registry.ts';
import type { TraceFormat, TraceHead } from './trace-format.ts';

/** Enough of a file to know its format by. */
export const headBytes = 16_384;

/** The format of this name, or the one that knows the file as its own. */
export function chooseFormat(head: TraceHead, kind: string | undefined): TraceFormat {
  const kinds = formats.map((format) => format.kind);
  if (kind !== undefined) {
    const named = formats.find((format) => isCalled(format, kind));
    if (named !== undefined) return named;
    const message = `${head.name}: there is no trace format "${kind}". ${suggestion(kind, kinds)}`;
    throw new FairleadError('TRACE_FORMAT_UNKNOWN', message);
  }
  const detected = formats.find((format) => format.detect(head));
  if (detected !== undefined) return detected;
  const begins = `The file begins with: ${excerpt(head.firstLine)}`;
  const advice = `Name one: ${kinds.join(', ')}.`;
  const message = `${head.name}: none of the trace formats looks like this. ${advice} ${begins}`;
  throw new FairleadError('TRACE_FORMAT_UNKNOWN', message);
}

/** By its whole name, or by the part before the dash. */
function isCalled({ kind }: TraceFormat, name: string): boolean {
  return kind === name || kind.split('-', 1)[0] === name;
}

export function headOf(name: string, bytes: Uint8Array): TraceHead {
  refuseUtf16(name, bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, headBytes));
  return { name, text, firstLine: text.trimStart().split('\n', 1)[0]!.trimEnd() };
}

/** Spreadsheets save "Unicode text" like this. */
function refuseUtf16(name: string, [first, second]: Uint8Array): void {
  const isMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (!isMark) return;
  throw new FairleadError('TRACE_INVALID', `${name}:1: this is UTF-16. Save the file as UTF-8.`);
}
