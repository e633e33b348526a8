// Fits the step-time models to the calibration data and writes the profiles they are kept in. With
// --check it writes nothing and fails when the committed ones are not what it would write.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAndImport } from './build-and-import.mjs';

const callerFolder = process.cwd();
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const options = { data: { type: 'string' }, check: { type: 'boolean' } };
const values = argumentsOrExit();
const { fittedFiles, profileFolder } = await buildAndImport('experiments/calibration/fit.js');
const { defaultDataFolder, readStepRows } = await import(
  '../dist/experiments/calibration/read-data.js'
);

const folder = values.data === undefined ? defaultDataFolder : resolve(callerFolder, values.data);
const files = fittedFiles(rowsOrExit());
const stale = [...files].filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
const kept = readdirSync(profileFolder).map((file) => `${profileFolder}/${file}`);
const orphans = kept.filter((path) => !path.endsWith('/registry.ts') && !files.has(path));

for (const path of [...stale.map(([path]) => path), ...orphans]) {
  console.error(`${values.check ? 'stale' : 'wrote'} ${path}`);
}
if (values.check) {
  if (stale.length + orphans.length > 0) {
    console.error('Run "npm run fit" and commit.');
    process.exit(1);
  }
} else {
  for (const [path, text] of stale) writeFileSync(path, text);
  for (const path of orphans) rmSync(path);
  const generate = ['scripts/generate.mjs', '--registries'];
  process.exit(spawnSync(process.execPath, generate, { stdio: 'inherit' }).status ?? 1);
}

function rowsOrExit() {
  try {
    return readStepRows(folder);
  } catch (error) {
    if (error.code !== 'CALIBRATION_DATA_MISSING') throw error;
    console.error(`fit: ${error.message}`);
    process.exit(64);
  }
}

function argumentsOrExit() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`fit: ${error.message}`);
    process.exit(64);
  }
}
