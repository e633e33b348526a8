import { dirname } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { idleProblem } from '../scenarios/idle-parts.ts';
import { libraryPath, readScenarioText } from '../scenarios/library.ts';
import { parseScenario } from '../scenarios/load.ts';
import type { SourceText } from '../scenarios/read-yaml.ts';
import {
  type Scenario,
  withModelConfig,
  withStepProfile,
  withTraces,
} from '../scenarios/scenario.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { lengthProblem } from '../sim/longest-request.ts';
import { readHfConfig } from './hf-config-file.ts';
import { readTraces } from './scenario-traces.ts';
import { readStepProfile } from './step-profile-file.ts';
import { vocabulary } from './vocabulary.ts';

export interface LoadOptions {
  /** Path of the config.json of a model that takes the place of the scenario's own. */
  readonly hfConfig?: string | undefined;
  /** Path of a step-time profile that takes the place of the built-in ones. */
  readonly stepProfile?: string | undefined;
  /** False to look at a scenario without the files it plays. */
  readonly withTraces?: boolean;
}

/** Loads a scenario by its name in the library, the path of a file, or an address. */
export async function loadScenario(
  nameOrPathOrUrl: string,
  options: LoadOptions = {},
): Promise<Scenario> {
  const change = changeOf(options);
  const isUrl = /^https?:\/\//.test(nameOrPathOrUrl);
  const source = isUrl ? await download(nameOrPathOrUrl) : readScenarioText(nameOrPathOrUrl);
  const check = (scenario: Scenario) => {
    if (options.stepProfile !== undefined) refuseSeveralGpus(scenario);
    return (
      fleetProblem(change(scenario)) ?? lengthProblem(change(scenario)) ?? idleProblem(scenario)
    );
  };
  const scenario = change(parseScenario(source, vocabulary, check));
  if (options.withTraces === false) return scenario;
  if (scenario.traffic.every(({ trace }) => trace === undefined)) return scenario;
  const { problem, read } = await readTraces(scenario, traceFolders(nameOrPathOrUrl, isUrl));
  // What is wrong with a trace is told with its place in the scenario, which the parser knows.
  if (problem !== undefined) parseScenario(source, vocabulary, () => problem);
  return withTraces(scenario, read);
}

export interface Lengths {
  readonly duration?: number | undefined;
  readonly warmup?: number | undefined;
}

/** The same scenario, played for another time than it says. */
export function withLengths(scenario: Scenario, { duration, warmup }: Lengths): Scenario {
  return {
    ...scenario,
    durationUs: duration ?? scenario.durationUs,
    warmupUs: warmup ?? scenario.warmupUs,
  };
}

/** Where the path of a trace counts from; what comes with Fairlead has no traces beside it. */
function traceFolders(name: string, isUrl: boolean): string[] {
  const isOurs = libraryPath(name) !== undefined;
  const own = isUrl || isOurs ? [] : [dirname(name)];
  const common = process.env['FAIRLEAD_TRACES'];
  return [...own, '.', ...(common === undefined ? [] : [common])];
}

/** What the command line puts in the place of what the file says. */
function changeOf({ hfConfig, stepProfile }: LoadOptions): (scenario: Scenario) => Scenario {
  const model = hfConfig === undefined ? undefined : readHfConfig(hfConfig);
  const profile = stepProfile === undefined ? undefined : readStepProfile(stepProfile);
  return (scenario) => {
    const changed = model ? withModelConfig(scenario, model.name, model.config) : scenario;
    return profile ? withStepProfile(changed, profile) : changed;
  };
}

/** A profile was measured on one GPU, and would make all others as fast. */
function refuseSeveralGpus({ fleet, name }: Scenario): void {
  const used = [...new Set(fleet.map(({ gpu }) => gpu))];
  if (used.length === 1) return;
  const message = `--step-profile holds for one GPU, and ${name} has ${used.join(', ')}. Write "stepTime: { kind: profile, profile: … }" under engine of the groups that it is for.`;
  throw new FairleadError('PROFILE_INVALID', message);
}

const timeoutMs = 15_000;
const mostBytes = 1_000_000;

async function download(url: string): Promise<SourceText> {
  // Loaded only when needed: it would double the time a command takes to start.
  const { request } = await import('undici');
  try {
    const { statusCode, body } = await request(url, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    if (statusCode !== 200) {
      body.destroy();
      throw new Error(`the server answered ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw new Error(`it is longer than ${mostBytes} bytes`);
    }
    return { file: url, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    const reason = (error as Error).message;
    const message = `${url}: could not be fetched (${reason}). Check the address, or save the file and give its path.`;
    throw new FairleadError('SCENARIO_UNREADABLE', message);
  }
}
