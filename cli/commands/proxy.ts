import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { FairleadError } from '../../core/errors.ts';
import { sha256Of } from '../../proxy/client/identify.ts';
import type { ProxySetup } from '../../proxy/config/proxy-setup.ts';
import { needsRestart, remarksOn } from '../../proxy/config/remarks.ts';
import { AccessLog } from '../../proxy/observe/access-log.ts';
import { ProxyServer } from '../../proxy/proxy-server.ts';
import { DecisionFile } from '../decision-file.ts';
import { openFilesWarning } from '../open-files.ts';
import { version } from '../package.ts';
import { createBrain } from '../proxy-brain.ts';
import { loadProxySetup } from '../proxy-setup-file.ts';
import { tuneHeap } from '../tune-heap.ts';

export const proxyCommand = new Command('proxy')
  .summary('put the gateway in front of real replicas')
  .description(
    'Listens for clients of the OpenAI API and passes each request on to the replica that the strategy picks.',
  )
  .argument('[config]', 'path of the configuration, as docs/proxy.md has it')
  .option('--check', 'read the configuration, say what is wrong with it, and end')
  .option(
    '--hash-key',
    'read a key from standard input and print its SHA-256 for the configuration',
  )
  .option('--record <file>', 'write down every decision, for "fairlead replay-decisions"')
  .addHelpText(
    'after',
    `
Signals: SIGHUP reads the configuration again, SIGUSR2 begins the access log anew, SIGTERM and
Ctrl-C let streams finish first.

Examples:
  fairlead proxy fairlead.yaml
  fairlead proxy --check fairlead.yaml
  openssl rand -hex 24 | tee /dev/tty | fairlead proxy --hash-key`,
  )
  .action(async (path, { check = false, hashKey = false, record }) => {
    if (hashKey) {
      process.stdout.write(`${sha256Of(readFileSync(0, 'latin1').trim())}\n`);
      return;
    }
    if (path === undefined) {
      throw new FairleadError('USAGE', 'Name a configuration: fairlead proxy fairlead.yaml');
    }
    const setup = loadProxySetup(path);
    for (const remark of remarksOn(setup.config)) say(`${path}: ${remark}`);
    if (check) {
      say(`${path} is right: ${textOf(setup)}`);
      return;
    }
    tuneHeap();
    const { config, replicas } = setup;
    const warning = openFilesWarning(config.limits.connections, replicas.length);
    if (warning !== undefined) say(`${path}: ${warning}`);
    const log = await accessLog(setup);
    const decisions = await decisionFile(record);
    const closeLogs = async () => {
      await log?.close();
      await decisions?.close();
    };
    const proxy = new ProxyServer({
      setup,
      createBrain: decisions?.createBrain ?? createBrain,
      seed: Date.now(),
      version,
      readSetup: () => loadProxySetup(path),
      say,
      log,
    });
    process.on('SIGHUP', () => reload(proxy, path));
    // Unheard it would end the process, which nobody wants who only moves logs.
    process.on('SIGUSR2', () => log?.reopen());
    const ports = await proxy.start().catch(async (error: unknown) => {
      await closeLogs();
      throw error;
    });
    say(`clients: ${config.listen.host}:${ports.clients}, ${textOf(setup)}`);
    if (ports.admin === undefined) say('admin: off, because there is no token');
    else say(`admin: ${config.admin.host}:${ports.admin}`);
    await endOfService();
    say(`shutting down; streams may go on for ${config.shutdownGrace}`);
    await proxy.stop();
    await closeLogs();
  });

async function accessLog({ config }: ProxySetup): Promise<AccessLog | undefined> {
  if (config.accessLog === undefined) return undefined;
  return AccessLog.open({
    destination: config.accessLog === 'stdout' ? 1 : config.accessLog,
    epochUs: Math.round(performance.timeOrigin * 1_000),
    onError: ({ message }) => say(`access log: ${message}`),
  });
}

async function decisionFile(path: string | undefined): Promise<DecisionFile | undefined> {
  return path === undefined ? undefined : DecisionFile.open({ path, version, say });
}

function textOf({ replicas, strategy }: ProxySetup): string {
  return `${replicas.length} ${replicas.length === 1 ? 'replica' : 'replicas'} by ${strategy.name}`;
}

function reload(proxy: ProxyServer, path: string): void {
  try {
    const setup = loadProxySetup(path);
    const late = needsRestart(proxy.setup, setup);
    proxy.reload(setup);
    say(`${path} was read again: ${textOf(setup)}`);
    if (late.length > 0) say(`${path}: only a restart changes ${late.join(', ')}.`);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    say(`${error.message} [${error.code}]\nThe configuration before this one stays.`);
  }
}

/** The first signal lets streams finish; the second one does not. */
function endOfService(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    const onSignal = () => {
      if (isAsked) process.exit(1);
      isAsked = true;
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  });
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
