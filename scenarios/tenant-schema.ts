import { z } from 'zod';
import { pluginUnion } from '../core/plugin.ts';
import { arrivals } from './arrivals/registry.ts';
import { clientSchema } from './client-behaviour.ts';
import { jobs } from './jobs/registry.ts';
import { lengths } from './lengths/registry.ts';
import { populationProblems, populationSchema } from './population.ts';
import { type PrefixOptions, prefixProblems, prefixSchema } from './prefix-tree.ts';
import { tokens, weight } from './quantities.ts';
import type { Tenant } from './scenario.ts';
import { thresholdSchema } from './threshold-schema.ts';
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
    users: usersSchema
      .optional()
      .describe('In place of arrivals: users who each wait for the answer.'),
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
    for (const { key, text, within = [] } of tenantProblems(tenant)) {
      const path = [key, ...within];
      if (text === undefined) {
        context.addIssue({
          code: 'invalid_type',
          expected: 'object',
          input: undefined,
          path,
        });
      } else {
        const params = { complete: true };
        context.addIssue({ code: 'custom', message: text, path, params });
      }
    }
  });

/** A key that is missing, or one too many and why. */
interface TenantProblem {
  readonly key: string;
  readonly within?: readonly (string | number)[];
  readonly text?: string;
}

function* tenantProblems(tenant: Readonly<Record<string, unknown>>): Generator<TenantProblem> {
  const has = (key: string) => tenant[key] !== undefined;
  if (has('arrivals') === has('users')) {
    if (!has('arrivals')) yield { key: 'arrivals' };
    else yield { key: 'users', text: 'there are arrivals already. Leave one of them out.' };
  }
  for (const key of ['input', 'output']) {
    if (has('job')) {
      if (has(key)) yield { key, text: 'the job says how long its requests are. Leave this out.' };
    } else if (has('lengths')) {
      if (has(key)) {
        yield { key, text: 'there are lengths already, and they say both. Leave one of them out.' };
      }
    } else if (!has(key)) {
      yield { key };
    }
  }
  yield* populationConflicts(tenant as unknown as CheckedTenant);
  if (!has('job')) return;
  if (has('lengths')) yield { key: 'lengths', text: 'the job says them. Leave this out.' };
  if ((tenant['prefix'] as readonly unknown[]).length > 0) {
    yield { key: 'prefix', text: 'a job has a prefix of its own. Write it there.' };
  }
}

type CheckedTenant = Pick<Tenant, 'users' | 'population' | 'prefix' | 'job'>;

function* populationConflicts({ users, population, prefix, job }: CheckedTenant) {
  const members = population?.tenants;
  if (population !== undefined) {
    for (const { path, text } of populationProblems(population)) {
      yield { key: 'population', within: path, text };
    }
    if (users !== undefined && population.surges.length > 0) {
      const text =
        'when users come depends on the answers, so who they are must not depend on the time. ' +
        'Write arrivals, or leave this out.';
      yield { key: 'population', within: ['surges'], text };
    }
  }
  for (const { path, text } of prefixProblems(prefix, members)) {
    yield { key: 'prefix', within: path, text };
  }
  for (const { path, text } of prefixProblems((job?.['prefix'] ?? []) as PrefixOptions, members)) {
    yield { key: 'job', within: ['prefix', ...path], text };
  }
}

function lengthSchema() {
  return pluginUnion(lengths).meta({ examples: [{ kind: 'constant', tokens: 512 }] });
}
