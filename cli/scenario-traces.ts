import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { US_PER_S } from '../core/time.ts';
import { mostRequests } from '../scenarios/asked-rate.ts';
import type { ScenarioProblem } from '../scenarios/load.ts';
import type { PlayedTrace, Scenario } from '../scenarios/scenario.ts';
import { lapUs } from '../scenarios/trace-source.ts';
import { columnTypes, type SharedTrace, shareTrace } from '../scenarios/traces/shared-trace.ts';
import { readTrace } from './read-trace.ts';

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
      const shared = await sharedTrace(trace, folders);
      const problem =
        timeProblem(shared, arrivals !== undefined) ??
        paceProblem(shared, trace) ??
        tooMany(scenario, trace, shared);
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

async function sharedTrace(trace: PlayedTrace, folders: readonly string[]): Promise<SharedTrace> {
  const { format, inferSessions, options, play } = trace;
  const path = findTrace(trace, folders);
  const { columns, summary } = await readTrace(path, { name: trace.file, format, options, play });
  const { bad, badMessages, timed } = summary;
  if (bad > 0) {
    const first = badMessages.map((message) => `  ${message}\n`).join('');
    process.stderr.write(`${trace.file}: ${bad} bad rows were left out.\n${first}`);
  }
  return shareTrace(columns, { timed, inferSessions, fingerprint });
}

/** Where the file is; or a complaint that says where to get it. */
function findTrace({ file, source }: PlayedTrace, folders: readonly string[]): string {
  const paths = isAbsolute(file) ? [file] : folders.map((folder) => join(folder, file));
  const packed = paths.flatMap((path) => [path, `${path}.gz`]);
  const found = packed.find((path) => existsSync(path));
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

function paceProblem({ timed }: SharedTrace, { play }: PlayedTrace): ScenarioProblem | undefined {
  if (timed || play.rateScale === 1) return undefined;
  const message =
    'the trace has no times that this could divide. Leave it out, and write the rate of the arrivals.';
  return { path: ['trace', 'play', 'rateScale'], message };
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

function fingerprint(columns: SharedTrace['columns']): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(columnTypes)) {
    hash.update(new Uint8Array(columns[name as keyof typeof columnTypes]));
  }
  return hash.digest('hex').slice(0, 16);
}
