import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import { parseHfConfig } from '../sim/catalog/hf-config.ts';
import { type Block, isBlock } from '../sim/catalog/hf-fields.ts';

export interface HfConfigFile {
  /** Of the folder, as a download has it, or of the file where it is called otherwise. */
  readonly name: string;
  readonly config: Block;
}

/** Reads the config.json of a model, by its path or by that of its folder. */
export function readHfConfig(path: string): HfConfigFile {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = resolve(isFolder ? join(path, 'config.json') : path);
  const config = parse(file, path);
  // Later complaints would have the name of the model, which is not what was typed.
  parseHfConfig(config, path);
  const own = basename(file) === 'config.json' ? basename(dirname(file)) : basename(file, '.json');
  return { name: own === '' ? 'model' : own, config };
}

function parse(file: string, path: string): Block {
  try {
    const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isBlock(config)) return config;
    throw new Error('it is not a block of keys');
  } catch (error) {
    const message = `${path}: cannot be read as the config.json of a model (${(error as Error).message}). Give the path of that file, or of its folder.`;
    throw new FairleadError('MODEL_CONFIG_UNREADABLE', message);
  }
}
