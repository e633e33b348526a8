import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDataFolder } from '../../experiments/calibration/read-data.ts';
import { stepFiles } from '../../experiments/calibration/step-rows.ts';
import { repository } from './run-fairlead.ts';

/** Where the measurements are, if this machine has them. */
export const calibrationData =
  process.env['FAIRLEAD_CALIBRATION'] ?? join(repository, defaultDataFolder);

export const hasCalibrationData = existsSync(join(calibrationData, stepFiles.aiconfigurator));

if (!hasCalibrationData) {
  process.stderr.write(`skipped: needs the calibration data in ${calibrationData}\n`);
}
