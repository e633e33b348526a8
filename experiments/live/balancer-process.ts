import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FairleadError } from '../../core/errors.ts';
import {
  type Balancer,
  type BalancerSetting,
  type Listen,
  usualSetting,
} from '../../deploy/balancer.ts';
import { ForegroundProcess } from './foreground-process.ts';
import { freePort, isListening } from './free-port.ts';

/** What has to be said; the rest is as usual, and the port is any that is free. */
export type BalancerOptions = Pick<BalancerSetting, 'replicas' | 'policy'> &
  Partial<Omit<BalancerSetting, 'folder'>>;

export interface RunningBalancer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Resolves with a sentence when it ends before it was stopped. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

const startWithinMs = 10_000;
/** Debian has nginx and HAProxy there, and not every user looks there for programs. */
const systemFolders = ':/usr/local/sbin:/usr/sbin:/sbin';

/**
 * The real program in front of the replicas, with the configuration that `fairlead export` writes,
 * until it is stopped. It listens when this comes back.
 */
export async function startBalancer(
  balancer: Balancer,
  options: BalancerOptions,
): Promise<RunningBalancer> {
  const listen = options.listen ?? { host: '127.0.0.1', port: await freePort() };
  const url = reachedAt(listen);
  if (await isListening(url)) {
    const message = `somebody listens at ${url.host} already, where ${balancer.name} should. Choose another port.`;
    throw new FairleadError('PROGRAM_FAILED', message);
  }
  const folder = mkdtempSync(join(tmpdir(), `fairlead-${balancer.name}-`));
  // Started by root, workers are somebody else and have to get at their temporary files.
  chmodSync(folder, 0o755);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const file = join(folder, balancer.file);
    writeFileSync(file, balancer.write({ ...usualSetting, ...options, listen, folder }));
    const child = new ForegroundProcess({
      program: balancer.program.name,
      arguments: balancer.program.runArguments(file, folder),
      cwd: folder,
      env: environment(folder, options.threads),
    });
    let isStopping = false;
    const stop = async () => {
      isStopping = true;
      await child.stop().finally(removeFolder);
    };
    const died = new Promise<string>((resolve) => {
      void child.ended.then(() => {
        if (!isStopping) resolve(`${balancer.name} ended before its time: ${whyOf(child)}`);
      });
    });
    await listening(balancer, child, url).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { name: balancer.name, url: url.origin, pid: child.pid!, died, stop };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Who listens everywhere is reached on this machine. */
function reachedAt({ host, port }: Listen): URL {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };
  return new URL(`http://${everywhere[host] ?? host}:${port}`);
}

/** Caddy keeps its state in the home of the user, and has as many threads as Go is allowed. */
function environment(folder: string, threads: number | undefined) {
  const homes = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const go = threads === undefined ? {} : { GOMAXPROCS: String(threads) };
  return { ...process.env, ...homes, ...go, PATH: `${process.env['PATH'] ?? ''}${systemFolders}` };
}

async function listening(
  { name, program }: Balancer,
  child: ForegroundProcess,
  url: URL,
): Promise<void> {
  const deadline = performance.now() + startWithinMs;
  while (child.ending === undefined) {
    if (await isListening(url)) return;
    if (performance.now() > deadline) {
      const message = `${name} does not listen at ${url.host} after ${startWithinMs / 1_000} s: ${child.said}`;
      throw new FairleadError('PROGRAM_FAILED', message);
    }
    await Promise.race([child.ended, sleep(20)]);
  }
  if (child.ending.kind === 'missing') {
    const message = `${program.name} is not installed. On Debian and Ubuntu: apt-get install ${program.debianPackage}`;
    throw new FairleadError('PROGRAM_MISSING', message);
  }
  throw new FairleadError('PROGRAM_FAILED', `${name} did not start: ${whyOf(child)}`);
}

function whyOf({ ending, said }: ForegroundProcess): string {
  const end = ending === undefined || ending.kind === 'missing' ? 'not installed' : endText(ending);
  return said === '' ? `${end}.` : `${end}, and it said: ${said}`;
}

function endText(
  ending: Exclude<NonNullable<ForegroundProcess['ending']>, { kind: 'missing' }>,
): string {
  switch (ending.kind) {
    case 'exit':
      return `exit code ${ending.code}`;
    case 'signal':
      return ending.signal;
    case 'refused':
      return ending.message;
  }
}
