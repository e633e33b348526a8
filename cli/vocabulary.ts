import { metricNames } from '../reports/metrics.ts';
import type { Vocabulary } from '../scenarios/schema.ts';
import { gpus } from '../sim/catalog/gpus/registry.ts';
import { models } from '../sim/catalog/models/registry.ts';
import { strategies } from '../strategies/registry.ts';

/** The names a scenario may use, gathered from the folders that own them. */
export const vocabulary: Vocabulary = {
  gpus: gpus.map(({ name }) => name),
  models: models.map(({ name }) => name),
  strategies,
  metrics: metricNames,
};
