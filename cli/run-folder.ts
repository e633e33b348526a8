import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import { type ContentStore, contentKey } from '../experiments/store/content-store.ts';
import { makeFolder } from '../experiments/store/make-folder.ts';
import { ladderReport } from '../reports/html/ladder-page.ts';
import { htmlReport } from '../reports/html/page.ts';
import { type Ladder, ladderSchema } from '../reports/ladder.ts';
import { type Comparison, comparisonSchema } from '../reports/summary.ts';

/** What lies in a folder under runs/. */
export type Result = Comparison | Ladder;

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

/**
 * Writes `summary.json` and `report.html`; returns the path of the report. To draw it takes longer
 * than all the rest where the runs are known. So a report of the same result by the same code is
 * left as it is, and goes on telling when that was first made.
 */
export async function writeRun(
  folder: string,
  result: Result,
  known?: ContentStore,
): Promise<string> {
  const report = join(folder, 'report.html');
  const { run: _run, ...meta } = result.meta;
  const code = known && codeFingerprint('reports');
  const key = contentKey({ kind: 'report', code, result: { ...result, meta }, report });
  writeFile(join(folder, 'summary.json'), `${JSON.stringify(result, null, 2)}\n`);
  if (existsSync(report) && known?.get(key) === hashOf(readFileSync(report))) return report;
  const page = result.kind === 'ladder' ? await ladderReport(result) : await htmlReport(result);
  writeFile(report, page);
  known?.put(key, hashOf(page));
  return report;
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Whole or not at all: a reader never finds half a file, even after a crash. */
export function writeFile(path: string, content: string | Uint8Array): void {
  try {
    makeFolder(dirname(path));
    // Two processes may write the same file, even on two machines.
    const temporary = `${path}.${randomUUID()}.part`;
    writeFileSync(temporary, content);
    renameSync(temporary, path);
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

/** Reads what a run left, by its folder or by the path of its summary. */
export function readRun(path: string): Result {
  const stats = statSync(path, { throwIfNoEntry: false });
  const file = stats?.isDirectory() ? join(path, 'summary.json') : path;
  if (stats === undefined || statSync(file, { throwIfNoEntry: false }) === undefined) {
    const message = `${path}: no result of Fairlead here. Give a folder under runs/, or a summary.json.`;
    throw new FairleadError('RUN_NOT_FOUND', message);
  }
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as Result;
    if (run.kind !== 'ladder') return withLaterMetrics(run);
    ladderSchema.parse(run);
    return run;
  } catch {
    const message = `${file}: damaged, or written by another version. Run the comparison again.`;
    throw new FairleadError('RUN_UNREADABLE', message);
  }
}

/** As it stands in the file, but for metrics that its version did not know. */
function withLaterMetrics(run: Comparison): Comparison {
  const { strategies } = comparisonSchema.parse(run);
  const known = run.strategies.map((strategy, index) => {
    return { ...strategy, metrics: strategies[index]!.metrics };
  });
  return { ...run, strategies: known };
}
