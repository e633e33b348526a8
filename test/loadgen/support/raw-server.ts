import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { repository } from '../../support/run-fairlead.ts';

export interface RawServerOptions {
  readonly firstMs?: number;
  readonly gapMs?: number;
  readonly firstStallMs?: number;
  readonly stallEveryMs?: number;
  readonly stallMs?: number;
}

/** What the server saw itself. */
export interface RawStats {
  readonly chunks: number;
  /** Between the end of a request and the first token of its answer. */
  readonly firstsUs: readonly number[];
  /** When each came, and its lengths. */
  readonly requests: readonly (readonly [ms: number, prompt: number, tokens: number])[];
}

/** Starts `bench/loadgen/raw-server.mjs` in a process of its own; gives its URL. */
export async function startRawServer(options: RawServerOptions): Promise<string> {
  const script = join(repository, 'bench/loadgen/raw-server.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', (text) => resolve(String(text).trim()));
  });
  return `http://127.0.0.1:${port}`;
}

export async function statsOf(url: string): Promise<RawStats> {
  return (await (await fetch(`${url}/stats`)).json()) as RawStats;
}
