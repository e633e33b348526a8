import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FairleadError } from '../../core/errors.ts';
import type { RunningBalancer } from './balancer-process.ts';
import { ForegroundProcess } from './foreground-process.ts';

export interface ProxyProcessOptions {
  /** The program of the command line. */
  readonly cli: string;
  /** Of the configuration. */
  readonly file: string;
  /** Where each decision is written down; undefined for nowhere. */
  readonly decisions: string | undefined;
  /** Whether its strategy goes by what replicas report, and has to know it from the beginning. */
  readonly needsSignals: boolean;
}

const readyWithinMs = 20_000;
/** A decision log is written to its end first. */
const stopGraceMs = 30_000;

/** `fairlead proxy` in a process of its own. All replicas are well when this comes back. */
export async function startProxy(options: ProxyProcessOptions): Promise<RunningBalancer> {
  const { cli, decisions, file } = options;
  const token = randomBytes(16).toString('hex');
  const child = new ForegroundProcess({
    program: process.execPath,
    arguments: [cli, 'proxy', file, ...(decisions === undefined ? [] : ['--record', decisions])],
    cwd: process.cwd(),
    env: { ...process.env, FAIRLEAD_ADMIN_TOKEN: token },
  });
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    await child.stop(stopGraceMs);
  };
  const died = new Promise<string>((resolve) => {
    void child.ended.then(() => {
      if (!isStopping) resolve(`the proxy ended before its time. It said: ${child.said}`);
    });
  });
  try {
    const url = await ready(child, token, options);
    return { name: 'proxy', url, pid: child.pid!, died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where clients come, once it can serve them as well as ever. */
async function ready(
  child: ForegroundProcess,
  token: string,
  { needsSignals }: ProxyProcessOptions,
): Promise<string> {
  const deadline = performance.now() + readyWithinMs;
  let lacks = 'it does not listen';
  while (child.ending === undefined && performance.now() < deadline) {
    const [clients, admin] = ['clients', 'admin'].map((name) => addressIn(child.said, name));
    if (clients !== undefined && admin !== undefined) {
      const all = await statuses(admin, token);
      const absent = all?.find(
        ({ reportAgeMs, state }) => state !== 'up' || (needsSignals && reportAgeMs === null),
      );
      if (all !== undefined && absent === undefined) return `http://${clients}`;
      const what = absent?.state === 'up' ? 'reports nothing' : `is ${absent?.state}`;
      lacks = absent === undefined ? 'it does not say how replicas are' : `${absent.name} ${what}`;
    }
    await Promise.race([child.ended, sleep(20)]);
  }
  const why = child.ending === undefined ? `${lacks} after ${readyWithinMs / 1_000} s` : 'it ended';
  const message = `the proxy cannot serve: ${why}. It said: ${child.said}`;
  throw new FairleadError('PROGRAM_FAILED', message);
}

function addressIn(said: string, name: string): string | undefined {
  return new RegExp(`^${name}: ([^\\s,]+:\\d+)`, 'm').exec(said)?.[1];
}

interface Status {
  readonly name: string;
  readonly state: string;
  readonly reportAgeMs: number | null;
}

/** Undefined where it does not say, which it may yet do. */
async function statuses(admin: string, token: string): Promise<Status[] | undefined> {
  try {
    const answer = await fetch(`http://${admin}/admin/replicas`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(1_000),
    });
    return answer.ok ? ((await answer.json()) as Status[]) : undefined;
  } catch {
    return undefined;
  }
}
