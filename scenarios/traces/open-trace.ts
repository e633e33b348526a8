import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FairleadError } from '../../core/errors.ts';
import { TraceDecoder, type TraceDecoderOptions, type TraceSummary } from './trace-decoder.ts';
import type { TraceRow } from './trace-row.ts';

export interface TraceSource extends TraceDecoderOptions {
  /** The file as it is, packed by gzip or not. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A trace that is read while it is iterated over, once. */
export interface Trace extends AsyncIterable<TraceRow> {
  /** The same rows, many at a time, which is half the work of one by one. */
  batches(): AsyncGenerator<readonly TraceRow[], void>;
  /** What was assumed, and how many rows were left out and why; complete after the last row. */
  readonly summary: TraceSummary | undefined;
}

export function openTrace({ bytes, ...options }: TraceSource): Trace {
  const decoder = new TraceDecoder(options);
  const place = () => `${options.name}:${decoder.lastLine}`;
  const batches = () => decode(decoder, unpacked(bytes, place));
  return {
    batches,
    get summary() {
      return decoder.summary;
    },
    async *[Symbol.asyncIterator]() {
      for await (const rows of batches()) yield* rows;
    },
  };
}

const batchRows = 1_024;

async function* decode(decoder: TraceDecoder, bytes: AsyncIterable<Uint8Array>) {
  for await (const piece of bytes) {
    const rows = decoder.push(piece);
    if (rows.length > 0) yield rows;
    if (decoder.finished) break;
  }
  let batch: TraceRow[] = [];
  for (const row of decoder.end()) {
    batch.push(row);
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** By the first two bytes, whatever the file is called. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>, place: () => string) {
  const pieces = bytes[Symbol.asyncIterator]();
  try {
    let head: Uint8Array = new Uint8Array(0);
    while (head.length < 2) {
      const { done, value } = await pieces.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    const whole = resumed(head, pieces);
    yield* head[0] === 0x1f && head[1] === 0x8b ? gunzipped(whole, place) : whole;
  } finally {
    // Whoever stops early, at the end of a window, closes the file.
    await pieces.return?.();
  }
}

async function* resumed(head: Uint8Array, pieces: AsyncIterator<Uint8Array>) {
  if (head.length > 0) yield head;
  for (;;) {
    const { done, value } = await pieces.next();
    if (done === true) return;
    yield value;
  }
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>, place: () => string) {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  const source = Readable.from(bytes, { objectMode: true });
  let fault: unknown;
  source.on('error', (error) => {
    fault = error;
    gunzip.destroy();
  });
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (fault !== undefined) throw fault;
    if (error instanceof FairleadError) throw error;
    const message = `${place()}: after this line the gzip data is damaged or cut (${(error as Error).message}). Fetch the file again.`;
    throw new FairleadError('TRACE_UNREADABLE', message);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
