import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { htmlReport } from '../reports/html/page.ts';
import { type Comparison, comparisonSchema } from '../reports/summary.ts';

/**
 * Where the results of a run go unless the user says otherwise: the same question, the same place.
 */
export function runFolder({ scenario, meta }: NamedRun): string {
  return join('runs', `${scenario.name}-${meta.runId}`);
}

interface NamedRun {
  readonly scenario: { readonly name: string };
  readonly meta: { readonly runId: string };
}

/** Writes `summary.json` and `report.html`; returns the path of the report. */
export async function writeRun(folder: string, comparison: Comparison): Promise<string> {
  const report = join(folder, 'report.html');
  const page = await htmlReport(comparison);
  writeFile(join(folder, 'summary.json'), `${JSON.stringify(comparison, null, 2)}\n`);
  writeFile(report, page);
  return report;
}

/** Whole or not at all: a reader never finds half a file, even after a crash. */
export function writeFile(path: string, content: string | Uint8Array): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** For files that others write. */
export function createFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): FairleadError {
  const message = `${path}: cannot be written (${(error as Error).message}). Choose another place with --out.`;
  return new FairleadError('OUTPUT_NOT_WRITABLE', message);
}

/** Told before hours of work, and not after them: whether a file can be written there. */
export function checkWritable(path: string): void {
  const probe = `${path}.${process.pid}`;
  writeFile(probe, '');
  rmSync(probe);
}

/** One by one: where none can be made, as under /proc, the recursive way of Node never ends. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Reads what a run left, by its folder or by the path of its summary. */
export function readRun(path: string): Comparison {
  const stats = statSync(path, { throwIfNoEntry: false });
  const file = stats?.isDirectory() ? join(path, 'summary.json') : path;
  if (stats === undefined || statSync(file, { throwIfNoEntry: false }) === undefined) {
    const message = `${path}: no result of Fairlead here. Give a folder under runs/, or a summary.json.`;
    throw new FairleadError('RUN_NOT_FOUND', message);
  }
  try {
    const run: unknown = JSON.parse(readFileSync(file, 'utf8'));
    comparisonSchema.parse(run);
    return run as Comparison;
  } catch {
    const message = `${file}: damaged, or written by another version. Run the comparison again.`;
    throw new FairleadError('RUN_UNREADABLE', message);
  }
}
