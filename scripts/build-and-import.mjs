// Builds the sources and gives a module of them: the programs of scripts/ are written in
// TypeScript, and Node 20 cannot run that.
import { spawnSync } from 'node:child_process';

export async function buildAndImport(path) {
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json'];
  const { status } = spawnSync(process.execPath, tsc, { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
  return import(new URL(`../dist/${path}`, import.meta.url).href);
}
