import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { US_PER_S } from '../core/time.ts';
import { mostRequests, type ScenarioProblem } from '../scenarios/load.ts';
import type { PlayedTrace, Scenario } from '../scenarios/scenario.ts';
import { lapUs } from '../scenarios/trace-source.ts';
import { columnTypes, type SharedTrace, shareTrace } from '../scenarios/traces/shared-trace.ts';
import { TraceColumns } from '../scenarios/traces/trace-columns.ts';
import { openTraceFile } from '../scenarios/traces/trace-file.ts';
import { startProgress } from './progress.ts';

export interface TracesOfScenario {
  /** By the index of the entry of the traffic. */
  readonly read: ReadonlyMap<number, SharedTrace>;
  /** The first thing that is wrong, with its place in the scenario. */
  readonly problem?: ScenarioProblem | undefined;
}

/** Reads the traces a scenario plays, whose paths count from one of the folders. */
export async function readTraces(
  scenario: Scenario,
  folders: readonly string[],
): Promise<TracesOfScenario> {
  const read = new Map<number, SharedTrace>();
  for (const [index, { arrivals, trace }] of scenario.traffic.entries()) {
    if (trace === undefined) continue;
    const path = ['traffic', index];
    try {
      const shared = await readTrace(trace, folders);
      const problem =
        timeProblem(shared, arrivals !== undefined) ?? tooMany(scenario, trace, shared);
      if (problem !== undefined) {
        return { read, problem: { ...problem, path: [...path, ...problem.path] } };
      }
      read.set(index, shared);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      const { code, message } = error;
      return { read, problem: { code, message, path: [...path, 'trace'] } };
    }
  }
  return { read };
}

async function readTrace(trace: PlayedTrace, folders: readonly string[]): Promise<SharedTrace> {
  const { format, inferSessions, options, play } = trace;
  const path = findTrace(trace, folders);
  const { size } = statSync(path);
  const progress = size > longFileBytes ? startProgress(`reading ${trace.file}`, size) : undefined;
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    progress?.update(bytes);
  };
  const reading = openTraceFile(path, { format, options, play }, onBytes);
  const columns = new TraceColumns();
  try {
    for await (const rows of reading.batches()) {
      for (const row of rows) columns.append(row);
      if (columns.length > mostRequests) throw tooLong(trace.file);
    }
  } finally {
    progress?.stop();
  }
  const { bad, badMessages, kept, read, timed } = reading.summary!;
  if (kept === 0) throw empty(trace.file, read);
  if (bad > 0) {
    const first = badMessages.map((message) => `  ${message}\n`).join('');
    process.stderr.write(`${trace.file}: ${bad} bad rows were left out.\n${first}`);
  }
  return shareTrace(columns, { timed, inferSessions, fingerprint });
}

const longFileBytes = 20_000_000;

/** Where the file is; or a complaint that says where to get it. */
function findTrace({ file, source }: PlayedTrace, folders: readonly string[]): string {
  const paths = isAbsolute(file) ? [file] : folders.map((folder) => join(folder, file));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const places = [...new Set(paths)].join(' or ');
  const advice =
    source === undefined ? 'Write the path of the trace from there.' : `Get it from: ${source}`;
  throw new FairleadError('TRACE_UNREADABLE', `there is no file ${places}. ${advice}`);
}

function timeProblem({ timed }: SharedTrace, hasArrivals: boolean): ScenarioProblem | undefined {
  if (timed !== hasArrivals) return undefined;
  const message = timed
    ? 'the rows of the trace have times. Leave out the arrivals; play: { rateScale: 2 } makes them twice as many.'
    : 'the trace has no times. Write arrivals beside it, for example "arrivals: { kind: poisson, rate: 16 }".';
  return { path: [timed ? 'arrivals' : 'trace'], message };
}

function tooMany(
  { durationUs, warmupUs }: Scenario,
  { repeat }: PlayedTrace,
  trace: SharedTrace,
): ScenarioProblem | undefined {
  const laps = repeat ? (warmupUs + durationUs) / lapUs(trace) : 1;
  if (!trace.timed || laps * trace.rows <= mostRequests) return undefined;
  const [asked, lap] = [Math.round(laps * trace.rows), lapUs(trace) / US_PER_S];
  const message = `a trace of ${trace.rows} rows in ${lap} s makes ${asked} requests in this run, and a run holds at most ${mostRequests}. Write a lower rateScale, repeat: false, or a shorter duration.`;
  return { path: ['trace', 'file'], message };
}

function tooLong(file: string): FairleadError {
  const message = `${file}: more than ${mostRequests} rows, and a run holds no more. Write "play: { untilS: 3600 }" to read a part.`;
  return new FairleadError('TRACE_OPTIONS', message);
}

function empty(file: string, rows: number): FairleadError {
  const message = `${file}: none of its ${rows} rows is played. Check fromS, untilS and sampleSessions.`;
  return new FairleadError('TRACE_OPTIONS', message);
}

function fingerprint(columns: SharedTrace['columns']): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(columnTypes)) {
    hash.update(new Uint8Array(columns[name as keyof typeof columnTypes]));
  }
  return hash.digest('hex').slice(0, 16);
}
