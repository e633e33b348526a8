import { z } from 'zod';
import { FairleadError } from '../../core/errors.ts';
import type { DecisionEntry } from './entry.ts';
import { replicaColumns, setColumn, type WritableReplica } from './replica-looks.ts';

/** The entry that `writeEntry` was given; throws a coded error where it is none. */
export function readEntry(fields: readonly unknown[]): DecisionEntry {
  const [kind] = fields;
  const schema = typeof kind === 'string' && Object.hasOwn(schemas, kind) && schemas[kind as Kind];
  if (!schema) return damaged(`there is no entry of the kind ${JSON.stringify(kind)}`);
  const { data, error } = schema.safeParse(fields);
  if (data !== undefined) return data;
  const [{ message, path }] = error.issues as [z.core.$ZodIssue];
  return damaged(`field ${path.join('.')} of a ${kind}: ${message}`);
}

type Kind = DecisionEntry['kind'];

const whole = z.int().min(0);
/** Strategies have arrays as long as the largest; no fleet gets that far. */
const index = z.int().min(0).max(1_000_000);
const text = z.string();
const exact = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0'])])
  .transform(Number);
const hashes = z.array(exact).transform((values) => Float64Array.from(values));
const call = <K extends Kind>(kind: K) => [z.literal(kind), z.number(), z.array(exact)] as const;

function callOfReplica<K extends 'joined' | 'left' | 'reported'>(kind: K) {
  return z
    .tuple([...call(kind), index])
    .transform(([, nowUs, changes, replica]) => ({ kind, nowUs, changes, replica }));
}

function callOfRequest<K extends 'dispatched' | 'first-token'>(kind: K) {
  return z
    .tuple([...call(kind), whole, whole, index])
    .transform(([, nowUs, changes, request, attempts, replica]) => ({
      ...{ kind, nowUs, changes, request, attempts, replica },
    }));
}

const numbers = z.tuple([exact, exact, exact, exact, exact, exact, exact, exact]);
const limits = z
  .tuple([exact, exact, exact])
  .transform(([ttftUs, tpotUs, e2eUs]) => ({ ttftUs, tpotUs, e2eUs }));
const outcomes = z.enum([
  ...(['ok', 'failed', 'broken', 'timeout', 'truncated'] as const),
  ...(['refused', 'cancelled', 'outrun'] as const),
]);

const schemas: { readonly [K in Kind]: z.ZodType<DecisionEntry> } = {
  replica: z
    .tuple([z.literal('replica'), index, text, text, z.array(exact).length(replicaColumns.length)])
    .transform(([kind, index, name, group, values]) => {
      const view = { index, name, group, reported: {} } as WritableReplica;
      for (const [column, value] of values.entries()) setColumn(view, column, value);
      return { kind, view };
    }),
  request: z
    .tuple([z.literal('request'), whole, text, text.nullable(), numbers, limits, hashes])
    .transform(([kind, request, tenant, tier, [id, ...more], limits, prefixHashes]) => {
      const [session, turn, arrivalUs, promptTokens, priority, adapter, attempts] = more;
      const own = { id, tenant, tier: tier ?? undefined, session, turn, arrivalUs };
      const view = { ...own, promptTokens, priority, adapter, attempts, limits, prefixHashes };
      return { kind, request, view };
    }),
  candidates: z
    .tuple([z.literal('candidates'), z.array(index).min(1)])
    .transform(([kind, replicas]) => ({ kind, replicas })),
  added: z.tuple([z.literal('added'), text]).transform(([kind, group]) => ({ kind, group })),
  pick: z
    .tuple([...call('pick'), whole, whole, z.union([z.int().min(-1), z.enum(['hold', 'reject'])])])
    .transform(([kind, nowUs, changes, request, attempts, picked]) => ({
      ...{ kind, nowUs, changes, request, attempts, picked },
    })),
  dispatched: callOfRequest('dispatched'),
  'first-token': callOfRequest('first-token'),
  ended: z
    .tuple([...call('ended'), whole, whole, index, outcomes, exact, exact])
    .transform(([kind, nowUs, changes, request, attempts, replica, ...end]) => {
      const [outcome, outputTokens, cachedTokens] = end;
      const copy = { outcome, outputTokens, cachedTokens };
      return { kind, nowUs, changes, request, attempts, replica, end: copy };
    }),
  joined: callOfReplica('joined'),
  left: callOfReplica('left'),
  reported: callOfReplica('reported'),
  'kv-event': z
    .tuple([...call('kv-event'), index, z.enum(['stored', 'removed', 'cleared']), hashes])
    .transform(([kind, nowUs, changes, replica, what, all]) => ({
      ...{ kind, nowUs, changes, replica, event: { kind: what, hashes: all } },
    })),
};

function damaged(what: string): never {
  throw new FairleadError('DECISIONS_INVALID', `${what}.`);
}
