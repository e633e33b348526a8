import { FairleadError } from '../core/errors.ts';
import { readScenarioText } from '../scenarios/library.ts';
import { parseScenario } from '../scenarios/load.ts';
import type { SourceText } from '../scenarios/read-yaml.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { fleetProblem } from '../sim/fleet-facts.ts';
import { vocabulary } from './vocabulary.ts';

/** Loads a scenario by its name in the library, the path of a file, or an address. */
export async function loadScenario(nameOrPathOrUrl: string): Promise<Scenario> {
  const isUrl = /^https?:\/\//.test(nameOrPathOrUrl);
  const source = isUrl ? await download(nameOrPathOrUrl) : readScenarioText(nameOrPathOrUrl);
  return parseScenario(source, vocabulary, fleetProblem);
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
