import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineProblem } from '../../../cli/proxy-brain.ts';
import { vocabulary } from '../../../cli/vocabulary.ts';
import { FairleadError } from '../../../core/errors.ts';
import { parseProxyConfig } from '../../../proxy/config/load-proxy-config.ts';
import type { ProxyConfig } from '../../../proxy/config/proxy-schema.ts';
import { repository } from '../../support/run-fairlead.ts';

export const examplePath = join(repository, 'docs/fairlead.yaml');
export const exampleText = readFileSync(examplePath, 'utf8');

/** As the command line reads it, but for the secrets. */
export function configOf(text: string): ProxyConfig {
  return parseProxyConfig({ file: 'fairlead.yaml', text }, vocabulary, engineProblem);
}

/** The complaint about a configuration; undefined where there is none. */
export function configProblem(text: string): FairleadError | undefined {
  try {
    configOf(text);
    return undefined;
  } catch (error) {
    if (error instanceof FairleadError) return error;
    throw error;
  }
}
