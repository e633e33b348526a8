import { FairleadError } from '../core/errors.ts';
import { readScenarioText } from '../scenarios/library.ts';
import { parseScenario } from '../scenarios/load.ts';
import type { SourceText } from '../scenarios/read-yaml.ts';
import { type Scenario, withModelConfig } from '../scenarios/scenario.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { readHfConfig } from './hf-config-file.ts';
import { vocabulary } from './vocabulary.ts';

export interface LoadOptions {
  /** Path of the config.json of a model that takes the place of the scenario's own. */
  readonly hfConfig?: string | undefined;
}

/** Loads a scenario by its name in the library, the path of a file, or an address. */
export async function loadScenario(
  nameOrPathOrUrl: string,
  { hfConfig }: LoadOptions = {},
): Promise<Scenario> {
  const given = hfConfig === undefined ? undefined : readHfConfig(hfConfig);
  const withModel = (scenario: Scenario) =>
    given === undefined ? scenario : withModelConfig(scenario, given.name, given.config);
  const isUrl = /^https?:\/\//.test(nameOrPathOrUrl);
  const source = isUrl ? await download(nameOrPathOrUrl) : readScenarioText(nameOrPathOrUrl);
  const check = (scenario: Scenario) => fleetProblem(withModel(scenario));
  return withModel(parseScenario(source, vocabulary, check));
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
