import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '../../core/errors.ts';
import { parseRequests, requestsFile } from './replay.ts';
import { parseStepRows, type StepRow, stepFiles } from './step-rows.ts';
import type { ValidationData } from './validate.ts';

/** The measurements lie beside the repository, because they are not ours to copy. */
export const defaultDataFolder = '../shared/data/calibration';

export function readStepRows(folder: string): StepRow[] {
  return [
    ...parseStepRows('aiconfigurator', readDataFile(folder, stepFiles.aiconfigurator)),
    ...parseStepRows('LLMServingSim', readDataFile(folder, stepFiles.LLMServingSim)),
  ];
}

export function readValidationData(folder: string): ValidationData {
  return {
    steps: readStepRows(folder),
    requests: parseRequests(readDataFile(folder, requestsFile)),
  };
}

function readDataFile(folder: string, file: string): string {
  const path = join(folder, file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const message = `there is no ${path}. Give the folder of the calibration data with --data.`;
  throw new FairleadError('CALIBRATION_DATA_MISSING', message);
}
