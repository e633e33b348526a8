import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { apiServerSchema } from './api-server-schema.ts';
import { disaggregationSchema } from './disaggregation-schema.ts';
import { expectationSchema } from './expectation.ts';
import { fleetEventsSchema } from './fleet-events.ts';
import { gatewaySchema } from './gateway-schema.ts';
import { interconnectSchema } from './interconnect-schema.ts';
import { knownName } from './known-name.ts';
import { count, duration, positive, share, tokens } from './quantities.ts';
import { tenantSchema } from './tenant-schema.ts';
import { thresholdSchema } from './threshold-schema.ts';

/** Names that other folders own; whoever loads a scenario hands them in. */
export interface Vocabulary {
  readonly gpus: readonly string[];
  readonly models: readonly string[];
  /** The options of each strategy, with a literal `name` among them. */
  readonly strategies: readonly { readonly name: string; readonly schema: z.ZodObject }[];
  /** Of a report. */
  readonly metrics: readonly string[];
}

const hourUs = 3_600 * US_PER_S;

const simplestTenant = {
  arrivals: { kind: 'poisson', rate: 16 },
  input: { kind: 'constant', tokens: 512 },
  output: { kind: 'constant', tokens: 128 },
};

const trafficSchema = z
  .array(tenantSchema)
  .min(1)
  .max(1_000)
  .meta({ examples: [[simplestTenant]] })
  .describe('One entry for each tenant; their requests are merged by time.');

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
    model: knownName('model', vocabulary.models, 'Llama-3.1-8B').describe(
      'The model every replica serves.',
    ),
    fleet: z
      .array(fleetGroupSchema(vocabulary))
      .min(1)
      .max(64)
      .meta({ examples: [[{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 4 }]] })
      .describe('Groups of equal replicas.'),
    gateway: gatewaySchema.prefault({}).describe('What stands before the fleet.'),
    traffic: trafficSchema,
    events: fleetEventsSchema,
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
    expect: expectationSchema(vocabulary)
      .optional()
      .meta({ examples: [{ best: ['least-tokens'] }] })
      .describe('What its author believes will come out; reports say whether it did.'),
  });
}

export type RawScenario = z.output<ReturnType<typeof scenarioSchema>>;

export function fleetGroupSchema({ gpus }: Vocabulary) {
  return z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes')
      .meta({ examples: ['a100'] })
      .describe('Replicas are called by it: a100-1, a100-2, …'),
    gpu: knownName('GPU', gpus, 'A100-80GB-SXM').describe(
      'The accelerator; its memory and speed come from here.',
    ),
    replicas: count({ max: 10_000, example: 4 }).describe('How many.'),
    engine: engineSchema.prefault({}).describe("vLLM's options, in vLLM's own words."),
    disaggregation: disaggregationSchema
      .optional()
      .describe('Each replica is a pool of engines for prompts and one for answers.'),
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
  dtype: z
    .enum(['auto', 'bfloat16', 'float16'])
    .default('auto')
    .meta({ examples: ['auto'] })
    .describe('Type of activations and of weights that are not quantised.'),
  quantization: z
    .enum(['fp8', 'awq', 'gptq'])
    .optional()
    .meta({ examples: ['fp8'] })
    .describe('Format of the weights. Default: that of the checkpoint.'),
  kvCacheDtype: z
    .enum(['auto', 'fp8'])
    .default('auto')
    .meta({ examples: ['fp8'] })
    .describe('Type of the KV cache; auto is that of the activations.'),
  vllmProfile: z
    .enum(['vllm-0.15', 'vllm-0.19', 'vllm-0.30'])
    .default('vllm-0.30')
    .describe('The version whose rules and defaults the engine follows.'),
  gpuMemoryUtilization: share({ example: 0.9 })
    .optional()
    .describe('Share of the GPU memory that vLLM may use. Default: 0.92, before 0.25 0.9.'),
  blockSize: count({ max: 1_024, example: 16 })
    .optional()
    .describe('Tokens in a KV block. Default: 16, and 64 with latent attention (DeepSeek).'),
  numGpuBlocksOverride: count({ max: 100_000_000, example: 20_000 })
    .optional()
    .describe('KV blocks, instead of the figure computed from the memory.'),
  tensorParallelSize: z
    .literal([1, 2, 4, 8], { error: 'expected 1, 2, 4 or 8' })
    .default(1)
    .describe('GPUs that one replica is spread over.'),
  interconnect: interconnectSchema
    .optional()
    .describe('The link between the GPUs of a replica, if measured. Default: the data sheet.'),
  dataParallelSize: count({ max: 64, example: 2 })
    .default(1)
    .describe(
      'Engines behind one address, each with tensorParallelSize GPUs and its own KV cache.',
    ),
  longPrefillTokenThreshold: z
    .int()
    .min(0)
    .max(1_048_576)
    .default(0)
    .meta({ examples: [1024] })
    .describe('Most tokens of one prompt in one step; 0 for no limit.'),
  enableChunkedPrefill: z
    .boolean()
    .default(true)
    .describe('Prompts may be computed in pieces over several steps.'),
  enablePrefixCaching: z
    .boolean()
    .default(true)
    .describe('Blocks of earlier requests are used again by prompts that begin alike.'),
  schedulingPolicy: z
    .enum(['fcfs', 'priority'])
    .default('fcfs')
    .describe('Who is admitted first, and preempted last.'),
  asyncScheduling: z
    .boolean()
    .optional()
    .describe('Schedule a step before the outputs of the last are read. Default: as the version.'),
  maxLoras: z
    .int()
    .min(0)
    .max(1_024)
    .default(1)
    .meta({ examples: [4] })
    .describe('Most LoRA adapters in one step, and slots for them on the GPU; 0 for no limit.'),
  loraLoadMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(20)
    .meta({ examples: [20] })
    .describe('Time to load a LoRA adapter into a slot.'),
  reserveFullIsl: z
    .boolean()
    .optional()
    .describe('Admit a request only when its whole input fits. Default: since 0.19.'),
  watermark: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .meta({ examples: [0.01] })
    .describe('Share of the KV blocks kept free when admitting.'),
  apiServer: apiServerSchema
    .prefault({})
    .describe('The front end: what a request costs before it reaches the engine.'),
  stepTime: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z
          .literal('roofline')
          .describe('From measurements of GPU and model, else their data sheets.'),
      }),
      z.strictObject({
        kind: z.literal('profile').describe('From measurements of your own.'),
        profile: z
          .record(z.string(), z.unknown())
          .describe('Coefficients and host overhead, as docs/step-time.md has them.'),
      }),
      z.strictObject({
        kind: z.literal('fixed').describe('The same for every step; for queueing theory.'),
        stepMs: positive({ min: 0.001, max: 3_600_000, example: 10 }).describe('Length of a step.'),
      }),
    ])
    .default({ kind: 'roofline' })
    .describe('How long a step of the engine takes.'),
});

export function strategySchema({ strategies }: Vocabulary) {
  const names = strategies.map(({ name }) => name);
  const [first, ...rest] = strategies.map(({ schema }) => schema);
  return z
    .union([
      knownName('strategy', names, 'least-requests'),
      z.discriminatedUnion('name', [first!, ...rest]),
    ])
    .describe('A name, or a name with options: {name: least-tokens, tokensPerRequest: 300}.');
}
