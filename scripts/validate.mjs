// Holds the step times against measurements and the strategies against published results: prints a
// table, or with --json an array of rows, and fails when one is beyond its limit. With --only
// calibration or --only published just these.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAndImport } from './build-and-import.mjs';

const callerFolder = process.cwd();
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const parts = ['calibration', 'published'];
const options = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  only: { type: 'string' },
};
const { data, json, only } = argumentsOrExit();
const { validate, dataLine } = await buildAndImport('experiments/calibration/validate.js');
const { validationTable } = await import('../dist/experiments/calibration/validation-table.js');
const { defaultDataFolder, readValidationData } = await import(
  '../dist/experiments/calibration/read-data.js'
);

const rows = [
  ...(only === 'published' ? [] : calibrationRows()),
  ...(only === 'calibration' ? [] : await publishedRows()),
];
process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : validationTable(rows));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

function argumentsOrExit() {
  try {
    const { values } = parseArgs({ options });
    if (values.only === undefined || parts.includes(values.only)) return values;
    throw new Error(
      `there is no part "${values.only}". Write --only ${parts.join(' or --only ')}.`,
    );
  } catch (error) {
    console.error(`validate: ${error.message}`);
    process.exit(64);
  }
}

/** Without the measurements, which not everybody has, this part is left out if nobody asks for it. */
function calibrationRows() {
  const folder = data === undefined ? resolve(defaultDataFolder) : resolve(callerFolder, data);
  try {
    const measured = readValidationData(folder);
    console.error(dataLine(folder, measured));
    return validate(measured);
  } catch (error) {
    if (error.code !== 'CALIBRATION_DATA_MISSING') throw error;
    const isAskedFor = data !== undefined || only === 'calibration';
    const skipped = isAskedFor ? '' : ' The step times are not held against measurements.';
    console.error(`validate: ${error.message}${skipped}`);
    if (isAskedFor) process.exit(64);
    return [];
  }
}

async function publishedRows() {
  const { validatePublished } = await import('../dist/experiments/published/validate.js');
  const { publishedScenarios } = await import('../dist/experiments/published/read-scenario.js');
  const { vocabulary } = await import('../dist/cli/vocabulary.js');
  console.error('Published results: less than a minute of simulations');
  return validatePublished(publishedScenarios(vocabulary));
}
