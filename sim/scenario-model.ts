import type { Scenario } from '../scenarios/scenario.ts';
import { parseHfConfig } from './catalog/hf-config.ts';
import { findModel } from './catalog/lookup.ts';
import type { Model } from './catalog/model.ts';

/** The model a scenario is about: of the catalogue, or of the config.json that came with it. */
export function scenarioModel({
  model,
  modelConfig,
}: Pick<Scenario, 'model' | 'modelConfig'>): Model {
  return modelConfig === undefined ? findModel(model) : parseHfConfig(modelConfig, model);
}
