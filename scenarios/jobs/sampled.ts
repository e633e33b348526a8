import { z } from 'zod';
import type { Passage } from '../../core/passage.ts';
import { randomIndex } from '../../core/random.ts';
import { US_PER_S } from '../../core/time.ts';
import { defineJob, type JobContext, type JobMaker, type Round } from '../jobs.ts';
import { tokens } from '../quantities.ts';

const few = z.int().min(0).max(100_000);
const some = z.int().min(0).max(10_000_000);
const seconds = z.number().min(0).max(604_800);

const head = z.tuple([few, tokens()]);
const request = z.tuple([seconds, few, some, some, tokens()]);
const session = z.tuple([few, z.array(request).min(1).max(10_000)]);

const sampledOptions = {
  heads: z
    .array(head)
    .max(10_000)
    .default([])
    .meta({ examples: [[[0, 512]]] })
    .describe(
      'Texts that sessions begin with: the number of the head it continues, 0 for none, and its own tokens.',
    ),
  sessions: z
    .array(session)
    .min(1)
    .max(100_000)
    .meta({ examples: [[[1, [[0, 0, 0, 700, 30]]]]] })
    .describe(
      'The number of the head, 0 for none, and the requests: seconds after the one before, the earlier request that it goes on from (0 for none), the tokens it has of that one after the head, new tokens, and those of the answer.',
    ),
};

type Options = z.output<z.ZodObject<typeof sampledOptions>>;

export default defineJob({
  kind: 'sampled',
  summary: 'Sessions drawn from a table of those of a trace; "scenario import --fit" writes it.',
  options: sampledOptions,
  problem: firstProblem,
  create: drawSessions,
});

function firstProblem({ heads, sessions }: Options): string | undefined {
  const early = heads.findIndex(([parent], index) => parent > index);
  if (early >= 0) return `heads[${early}] continues one that does not come before it.`;
  for (const [index, [head, requests]] of sessions.entries()) {
    const where = `sessions[${index}]`;
    if (head > heads.length) return `${where} begins with head ${head} of ${heads.length}.`;
    const lengths: number[] = [];
    for (const [number, [, from, shared, own]] of requests.entries()) {
      if (from > number) return `${where} goes on from a request that does not come before.`;
      if (shared > (lengths[from - 1] ?? 0)) {
        return `${where} has a request with ${shared} tokens of one that has ${lengths[from - 1] ?? 0}.`;
      }
      if (shared + own === 0 && head === 0) return `${where} has a prompt without tokens.`;
      lengths.push(shared + own);
    }
  }
  return undefined;
}

function drawSessions({ heads, sessions }: Options, { chance, texts }: JobContext): JobMaker {
  const random = chance('session');
  const firstHead = texts.reserve(heads.length + 1);
  const headPassages = (head: number): Passage[] => {
    if (head === 0) return [];
    const [parent, tokens] = heads[head - 1]!;
    return [...headPassages(parent), { text: firstHead + head, from: 0, tokens }];
  };

  function next() {
    const [head, requests] = sessions[randomIndex(random, sessions.length)]!;
    const begins = headPassages(head);
    const bodies: Passage[][] = [];
    const rounds = requests.map(([waitS, from, shared, own, outputTokens]): Round => {
      const text = texts.unique();
      const body = from === 0 ? [] : firstTokens(bodies[from - 1]!, shared);
      if (own > 0) body.push({ text, from: 0, tokens: own });
      bodies.push(body);
      const request = { prompt: [...begins, ...body], outputTokens, answer: { text, from: own } };
      return { waitUs: Math.round(waitS * US_PER_S), requests: [request] };
    });
    return { rounds };
  }
  return { next };
}

function firstTokens(passages: readonly Passage[], count: number): Passage[] {
  const first: Passage[] = [];
  let left = count;
  for (const passage of passages) {
    if (left <= 0) break;
    first.push({ ...passage, tokens: Math.min(left, passage.tokens) });
    left -= passage.tokens;
  }
  return first;
}
