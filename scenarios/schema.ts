import { z } from 'zod';
import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { pluginUnion } from '../core/plugin.ts';
import { US_PER_S } from '../core/time.ts';
import { arrivals } from './arrivals/registry.ts';
import { lengths } from './lengths/registry.ts';
import { count, duration, positive, share, tokens } from './quantities.ts';
import { parseThreshold } from './thresholds.ts';

/** Names that other folders own; whoever loads a scenario hands them in. */
export interface Vocabulary {
  readonly gpus: readonly string[];
  readonly models: readonly string[];
  /** The options of each strategy, with a literal `name` among them. */
  readonly strategies: readonly { readonly name: string; readonly schema: z.ZodObject }[];
}

const hourUs = 3_600 * US_PER_S;

/** What a scenario file may say. The editor schema is generated from it. */
export function scenarioSchema(vocabulary: Vocabulary) {
  return z.strictObject({
    $schema: z.string().optional().describe('The editor schema; ignored here.'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes')
      .meta({ examples: ['azure-chat'] })
      .describe('Names the results.'),
    summary: z
      .string()
      .min(1)
      .max(500)
      .meta({ examples: ['Chat traffic'] })
      .describe('What this traffic and fleet should tell apart.'),
    model: knownName('model', vocabulary.models).describe('The model every replica serves.'),
    fleet: z
      .array(fleetGroupSchema(vocabulary))
      .min(1)
      .max(64)
      .meta({ examples: [[{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 4 }]] })
      .describe('Groups of equal replicas.'),
    traffic: z
      .array(tenantSchema)
      .min(1)
      .max(1_000)
      .meta({
        examples: [
          [
            {
              arrivals: { kind: 'poisson', rate: 16 },
              input: { kind: 'constant', tokens: 512 },
              output: { kind: 'constant', tokens: 128 },
            },
          ],
        ],
      })
      .describe('One entry for each tenant; their requests are merged by time.'),
    warmup: duration({ minUs: 0, maxUs: 24 * hourUs, example: '2m' })
      .default('2m')
      .describe('Requests that arrive before this are served but not counted.'),
    duration: duration({ minUs: US_PER_S, maxUs: 168 * hourUs, example: '10m' })
      .default('10m')
      .describe('Length of the measured window, after the warm-up.'),
    slo: z
      .array(thresholdSchema)
      .max(20)
      .default([])
      .meta({ examples: [['ttft.p99 < 500ms']] })
      .describe('Service level objectives, such as "ttft.p99 < 500ms" or "goodput > 95%".'),
    strategies: z
      .array(strategySchema(vocabulary))
      .min(1)
      .max(64)
      .default(['round-robin', 'least-requests'])
      .meta({ examples: [['round-robin', 'least-requests']] })
      .describe('What `compare` compares, unless the command line names others.'),
  });
}

export type RawScenario = z.output<ReturnType<typeof scenarioSchema>>;

function fleetGroupSchema({ gpus }: Vocabulary) {
  return z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes')
      .meta({ examples: ['a100'] })
      .describe('Replicas are called by it: a100-1, a100-2, …'),
    gpu: knownName('GPU', gpus).describe('The accelerator; its memory and speed come from here.'),
    replicas: count({ max: 10_000, example: 4 }).describe('How many.'),
    engine: engineSchema.prefault({}).describe("vLLM's options, in vLLM's own words."),
  });
}

const engineSchema = z.strictObject({
  maxNumSeqs: count({ max: 65_536, example: 256 })
    .optional()
    .describe('Most sequences running at once. Default: what vLLM takes for the GPU.'),
  maxNumBatchedTokens: count({ max: 1_048_576, example: 2048 })
    .optional()
    .describe('Token budget of one step. Default: what vLLM takes for the GPU.'),
  maxModelLen: tokens().optional().describe("Longest sequence. Default: the model's own."),
  gpuMemoryUtilization: share({ example: 0.9 })
    .default(0.9)
    .describe('Share of the GPU memory that vLLM may use.'),
  blockSize: count({ max: 1_024, example: 16 }).default(16).describe('Tokens in a KV block.'),
  numGpuBlocksOverride: count({ max: 100_000_000, example: 20_000 })
    .optional()
    .describe('KV blocks, instead of the figure computed from the memory.'),
  tensorParallelSize: z
    .literal([1, 2, 4, 8], { error: 'expected 1, 2, 4 or 8' })
    .default(1)
    .describe('GPUs that one replica is spread over.'),
  longPrefillTokenThreshold: count({ max: 1_048_576, example: 1024 })
    .optional()
    .describe('Most tokens of one prompt in one step. Default: no limit.'),
  reserveFullIsl: z
    .boolean()
    .default(true)
    .describe('Admit a request only when its whole input fits, as vLLM does since 0.19.'),
  watermark: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .meta({ examples: [0.01] })
    .describe('Share of the KV blocks kept free when admitting.'),
  stepTime: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z
          .literal('roofline')
          .describe('From measurements of GPU and model, else their data sheets.'),
      }),
      z.strictObject({
        kind: z.literal('fixed').describe('The same for every step; for queueing theory.'),
        stepMs: positive({ min: 0.001, max: 3_600_000, example: 10 }).describe('Length of a step.'),
      }),
    ])
    .default({ kind: 'roofline' })
    .describe('How long a step of the engine takes.'),
});

const tenantSchema = z.strictObject({
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes, underscores')
    .default('default')
    .meta({ examples: ['chat'] })
    .describe('Who sends; its random numbers belong to this name.'),
  arrivals: pluginUnion(arrivals)
    .meta({ examples: [{ kind: 'poisson', rate: 16 }] })
    .describe('When requests come.'),
  input: lengthSchema().describe('Prompt tokens.'),
  output: lengthSchema().describe('Tokens to generate; strategies never see this number.'),
});

function lengthSchema() {
  return pluginUnion(lengths).meta({ examples: [{ kind: 'constant', tokens: 512 }] });
}

const thresholdSchema = z
  .string()
  .superRefine((text, context) => {
    try {
      parseThreshold(text);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, params: { complete: true } });
    }
  })
  .meta({ examples: ['ttft.p99 < 500ms'] });

function strategySchema({ strategies }: Vocabulary) {
  const names = strategies.map(({ name }) => name);
  const [first, ...rest] = strategies.map(({ schema }) => schema);
  return z
    .union([knownName('strategy', names), z.discriminatedUnion('name', [first!, ...rest])])
    .describe('A name, or a name with options: {name: least-tokens, tokensPerRequest: 300}.');
}

function knownName(what: string, names: readonly string[]) {
  return z
    .string()
    .superRefine((name, context) => {
      if (names.includes(name)) return;
      const message = `there is no ${what} "${name}". ${suggestion(name, names)}`;
      context.addIssue({ code: 'custom', message, params: { complete: true } });
    })
    .meta({ examples: [names[0]], enum: names });
}
