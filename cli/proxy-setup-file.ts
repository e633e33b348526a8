import { readFileSync } from 'node:fs';
import { FairleadError } from '../core/errors.ts';
import { parseProxyConfig } from '../proxy/config/load-proxy-config.ts';
import { type ProxySetup, proxySetup } from '../proxy/config/proxy-setup.ts';
import { engineProblem, groupFacts } from './proxy-brain.ts';
import { vocabulary } from './vocabulary.ts';

/** Reads the configuration of a proxy and the secrets that it names. */
export function loadProxySetup(path: string): ProxySetup {
  const config = parseProxyConfig({ file: path, text: read(path) }, vocabulary, engineProblem);
  const { admin, upstream } = config;
  return proxySetup(config, groupFacts(config), {
    adminToken: secret(admin.tokenFile, 'FAIRLEAD_ADMIN_TOKEN'),
    upstreamKey: secret(upstream.apiKeyFile, 'FAIRLEAD_UPSTREAM_KEY'),
  });
}

/** Of a file, or else of a variable; neither is in the configuration itself. */
function secret(path: string | undefined, variable: string): string | undefined {
  const text = path === undefined ? process.env[variable] : read(path);
  const trimmed = text?.trim();
  if (path !== undefined && trimmed === '') {
    throw new FairleadError('CONFIG_UNREADABLE', `${path}: it is empty. Write the secret into it.`);
  }
  return trimmed === '' ? undefined : trimmed;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it could not be read (${code})`;
    throw new FairleadError('CONFIG_UNREADABLE', `${path}: ${reason}.`);
  }
}
