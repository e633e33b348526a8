import { z } from 'zod';
import { pluginUnion } from '../core/plugin.ts';
import { arrivals } from './arrivals/registry.ts';
import { clientSchema } from './client-behaviour.ts';
import { jobs } from './jobs/registry.ts';
import { lengths } from './lengths/registry.ts';
import { populationProblems, populationSchema } from './population.ts';
import { type PrefixOptions, prefixProblems, prefixSchema } from './prefix-tree.ts';
import { positive, tokens, weight } from './quantities.ts';
import type { Tenant } from './scenario.ts';
import { thresholdSchema } from './threshold-schema.ts';
import { traceSchema } from './trace-option.ts';
import { usersSchema } from './users.ts';

export const tenantSchema = z
  .strictObject({
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes, underscores')
      .default('default')
      .meta({ examples: ['chat'] })
      .describe('Who sends; its random numbers belong to this name.'),
    arrivals: pluginUnion(arrivals)
      .meta({ examples: [{ kind: 'poisson', rate: 16 }] })
      .optional()
      .describe('When requests come, or jobs begin.'),
    load: positive({ min: 0.001, max: 3, example: 0.75 })
      .optional()
      .describe(
        'In place of a rate: the share of what the fleet can sustain of this traffic alone.',
      ),
    users: usersSchema
      .optional()
      .describe('In place of arrivals: users who each wait for the answer.'),
    trace: traceSchema
      .optional()
      .describe('In place of arrivals and lengths: the rows of a file, as they were recorded.'),
    job: pluginUnion(jobs)
      .meta({ examples: [{ kind: 'conversation', turns: 4, question: 50, answer: 300 }] })
      .optional()
      .describe('In place of lengths: requests that belong together.'),
    prefix: prefixSchema.default([]).describe('What prompts begin with, before the input.'),
    population: populationSchema
      .optional()
      .describe('Many tenants of this kind, of whom some send more than others.'),
    cacheSalt: z
      .enum(['none', 'tenant', 'session'])
      .default('none')
      .describe('Who shares cached prefixes with whom.'),
    input: lengthSchema().optional().describe('Prompt tokens.'),
    output: lengthSchema()
      .optional()
      .describe('Tokens to generate; strategies never see this number.'),
    lengths: z
      .array(z.tuple([tokens(), tokens(), weight().optional()]))
      .min(1)
      .max(100_000)
      .meta({
        examples: [
          [
            [374, 44],
            [1024, 115, 3],
          ],
        ],
      })
      .optional()
      .describe('In place of input and output: rows of both, with a weight if not all are alike.'),
    finish: z
      .enum(['length', 'stop'])
      .default('length')
      .describe(
        'Whether answers end by max_tokens, which the engine foresees, or by a stop token.',
      ),
    priority: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .default(0)
      .meta({ examples: [0] })
      .describe('Lower goes first where the engine schedules by priority.'),
    adapter: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ examples: ['sql-lora'] })
      .describe('The LoRA adapter that requests ask for.'),
    tier: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes, underscores')
      .optional()
      .meta({ examples: ['gold'] })
      .describe('The quota tier it has bought; strategies see its name.'),
    slo: z
      .array(thresholdSchema)
      .min(1)
      .max(20)
      .optional()
      .meta({ examples: [['ttft.p99 < 2s']] })
      .describe('Objectives of its own, in place of those of the scenario.'),
    client: clientSchema
      .optional()
      .describe('What its clients do when an answer is late. Default: they wait.'),
  })
  .superRefine((tenant, context) => {
    for (const { expected = 'object', path, text } of tenantProblems(tenant)) {
      if (text === undefined) {
        context.addIssue({ code: 'invalid_type', expected, input: undefined, path });
      } else {
        const params = { complete: true };
        context.addIssue({ code: 'custom', message: text, path, params });
      }
    }
  });

/** A key that is missing, or one too many and why. */
interface TenantProblem {
  readonly path: (string | number)[];
  readonly text?: string;
  /** Of what is missing; a block of keys unless it says otherwise. */
  readonly expected?: 'number';
}

function* tenantProblems(tenant: Readonly<Record<string, unknown>>): Generator<TenantProblem> {
  const has = (key: string) => tenant[key] !== undefined;
  if (has('trace')) return yield* besideTrace(tenant);
  if (has('arrivals') === has('users')) {
    if (!has('arrivals')) yield { path: ['arrivals'] };
    else yield { path: ['users'], text: 'there are arrivals already. Leave one of them out.' };
  }
  yield* rateProblems(tenant);
  for (const key of ['input', 'output']) {
    if (has('job')) {
      const text = 'the job says how long its requests are. Leave this out.';
      if (has(key)) yield { path: [key], text };
    } else if (has('lengths')) {
      const text = 'there are lengths already, and they say both. Leave one of them out.';
      if (has(key)) yield { path: [key], text };
    } else if (!has(key)) {
      yield { path: [key] };
    }
  }
  yield* populationConflicts(tenant as unknown as CheckedTenant);
  if (!has('job')) return;
  if (has('lengths')) yield { path: ['lengths'], text: 'the job says them. Leave this out.' };
  if ((tenant['prefix'] as readonly unknown[]).length > 0) {
    yield { path: ['prefix'], text: 'a job has a prefix of its own. Write it there.' };
  }
}

/** A curve beside a load is its shape. */
function* rateProblems({
  arrivals,
  load,
  users,
}: Readonly<Record<string, unknown>>): Generator<TenantProblem> {
  if (load !== undefined && users !== undefined) {
    const text =
      'users come back when they have their answers, so nobody can set their rate. Leave this out, or write arrivals in place of users.';
    yield { path: ['load'], text };
  }
  if (arrivals === undefined) return;
  const { rate } = arrivals as Readonly<Record<string, unknown>>;
  if (load === undefined && rate === undefined) {
    yield { path: ['arrivals', 'rate'], expected: 'number' };
  }
  if (load !== undefined && typeof rate === 'number') {
    const text = `there are both a rate of ${rate} in the arrivals and a load. Leave one of them out; only a curve can stand beside a load, as its shape.`;
    yield { path: ['load'], text };
  }
}

/** Only a trace without times has arrivals beside it, and the file alone tells. */
function* besideTrace(tenant: Readonly<Record<string, unknown>>): Generator<TenantProblem> {
  for (const [key, what] of Object.entries(toldByTrace)) {
    const given = tenant[key];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    yield { path: [key], text: `the trace says ${what}. Leave out one of the two.` };
  }
  if (tenant['arrivals'] !== undefined) yield* rateProblems(tenant);
  else if (tenant['load'] !== undefined) {
    const text =
      'the trace says how many requests come. Write play: { rateScale } beside its file.';
    yield { path: ['load'], text };
  }
}

const toldByTrace: Readonly<Record<string, string>> = {
  users: 'when requests come',
  job: 'which requests belong together',
  input: 'how long prompts are',
  output: 'how long answers are',
  lengths: 'how long prompts and answers are',
  prefix: 'what prompts begin with',
  population: 'who sends',
};

type CheckedTenant = Pick<Tenant, 'users' | 'population' | 'prefix' | 'job'>;

function* populationConflicts({ users, population, prefix, job }: CheckedTenant) {
  const members = population?.tenants;
  if (population !== undefined) {
    for (const { path, text } of populationProblems(population)) {
      yield { path: ['population', ...path], text };
    }
    if (users !== undefined && population.surges.length > 0) {
      const text =
        'when users come depends on the answers, so who they are must not depend on the time. ' +
        'Write arrivals, or leave this out.';
      yield { path: ['population', 'surges'], text };
    }
  }
  for (const { path, text } of prefixProblems(prefix, members)) {
    yield { path: ['prefix', ...path], text };
  }
  for (const { path, text } of prefixProblems((job?.['prefix'] ?? []) as PrefixOptions, members)) {
    yield { path: ['job', 'prefix', ...path], text };
  }
}

function lengthSchema() {
  const example = { kind: 'constant', tokens: 512 };
  return z.union([tokens(), pluginUnion(lengths)]).meta({ examples: [example] });
}
