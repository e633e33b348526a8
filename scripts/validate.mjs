// Holds the step times against measurements: prints a table, or with --json an array of rows, and
// fails when one is beyond its limit.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAndImport } from './build-and-import.mjs';

const callerFolder = process.cwd();
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const options = { data: { type: 'string' }, json: { type: 'boolean' } };
const { data, json } = argumentsOrExit();
const { validate, dataLine } = await buildAndImport('experiments/calibration/validate.js');
const { validationTable } = await import('../dist/experiments/calibration/validation-table.js');
const { defaultDataFolder, readValidationData } = await import(
  '../dist/experiments/calibration/read-data.js'
);

const folder = data === undefined ? resolve(defaultDataFolder) : resolve(callerFolder, data);
const measured = dataOrExit();
console.error(dataLine(folder, measured));
const rows = validate(measured);
process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : validationTable(rows));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

function argumentsOrExit() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`validate: ${error.message}`);
    process.exit(64);
  }
}

function dataOrExit() {
  try {
    return readValidationData(folder);
  } catch (error) {
    if (error.code !== 'CALIBRATION_DATA_MISSING') throw error;
    console.error(`validate: ${error.message}`);
    process.exit(64);
  }
}
