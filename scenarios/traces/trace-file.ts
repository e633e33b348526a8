import { createReadStream, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FairleadError } from '../../core/errors.ts';
import { openTrace, type Trace } from './open-trace.ts';
import { tarHeader, tarPadding } from './tar-header.ts';
import type { TraceDecoderOptions } from './trace-decoder.ts';

/** Opens a trace file, or a folder of ServeGen, by its path. */
export function openTraceFile(
  path: string,
  options: Omit<TraceDecoderOptions, 'name'> = {},
  onBytes: (bytes: number) => void = () => {},
): Trace {
  return openTrace({ ...options, name: basename(path), bytes: bytesOf(path, onBytes) });
}

async function* bytesOf(
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    const pieces: AsyncIterable<Uint8Array> = statSync(path).isDirectory()
      ? folderAsTar(path)
      : createReadStream(path, { highWaterMark: 262_144 });
    for await (const piece of pieces) {
      onBytes(piece.length);
      yield piece;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A folder is read as the archive that would be made of it. */
async function* folderAsTar(folder: string) {
  const files = (await readdir(folder)).filter((file) => /^chunk-\d+-\w+\.(csv|json)$/.test(file));
  if (files.length === 0) {
    const message = `${folder}: this is a folder, and without the chunk files of ServeGen. Write the path of a file in it.`;
    throw new FairleadError('TRACE_UNREADABLE', message);
  }
  for (const file of files.sort()) {
    const content = await readFile(join(folder, file));
    yield tarHeader(file, content.length);
    yield content;
    yield tarPadding(content.length);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || error instanceof FairleadError) return error;
  const what = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
  return new FairleadError('TRACE_UNREADABLE', `${path}: ${what}.`);
}
