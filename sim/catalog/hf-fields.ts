import { FairleadError } from '../../core/errors.ts';

/** The keys of a config.json, read one by one, with the file's name for complaints. */
export interface HfFields {
  readonly name: string;
  readonly modelType: string;
  /** A whole number from 1, under the first of the names that is there. */
  count(...names: readonly string[]): number;
  /** The same, or undefined when none of the names is there. */
  countOrNone(...names: readonly string[]): number | undefined;
  flag(name: string): boolean | undefined;
  list(name: string): readonly unknown[] | undefined;
  block(name: string): Block | undefined;
  /** Whether it is there and not null. */
  has(name: string): boolean;
  isZero(name: string): boolean;
}

export type Block = Readonly<Record<string, unknown>>;

/** No field of any model comes near it, and products of three stay exact enough. */
const largestCount = 100_000_000;

/** Where multimodal models keep their decoder. */
const decoderKeys = ['text_config', 'llm_config', 'language_config'];

export function hfFields(config: unknown, name: string): HfFields {
  if (!isBlock(config)) throw invalid(name, 'this is not a block of keys, as a config.json is');
  const inner = decoderKeys.map((key) => config[key]).find(isBlock);
  const modelType = String(inner?.['model_type'] ?? config['model_type'] ?? '');
  const values: Block = { ...defaults[modelType], ...config, ...inner };
  const found = (names: readonly string[]) =>
    names.map((key) => [key, values[key] ?? undefined] as const).find(([, v]) => v !== undefined);
  const countOrNone = (...names: readonly string[]) => {
    const [key, value] = found(names) ?? [];
    if (key === undefined) return undefined;
    const isCount = Number.isInteger(value) && (value as number) >= 1;
    if (isCount && (value as number) <= largestCount) return value as number;
    const expected = `expected a whole number from 1 to ${largestCount}`;
    throw invalid(name, `"${key}" is ${JSON.stringify(value)}, ${expected}`);
  };
  return {
    name,
    modelType,
    countOrNone,
    count: (...names) => {
      const value = countOrNone(...names);
      if (value !== undefined) return value;
      throw invalid(name, `the field "${names[0]}" is missing`);
    },
    flag: (key) => (typeof values[key] === 'boolean' ? values[key] : undefined),
    list: (key) => (Array.isArray(values[key]) ? values[key] : undefined),
    block: (key) => (isBlock(values[key]) ? values[key] : undefined),
    has: (key) => (values[key] ?? undefined) !== undefined,
    isZero: (key) => values[key] === 0,
  };
}

/**
 * Gemma 3 publishes only what differs from the defaults of its class in the transformers library.
 */
const defaults: Readonly<Record<string, Block>> = {
  gemma3_text: {
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    vocab_size: 262_208,
    max_position_embeddings: 131_072,
    sliding_window_pattern: 6,
  },
};

export function invalid(name: string, what: string): FairleadError {
  const advice = 'Give the config.json that lies beside the weights of a decoder.';
  return new FairleadError('MODEL_CONFIG_INVALID', `${name}: ${what}. ${advice}`);
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
