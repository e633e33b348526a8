import { US_PER_S } from '../../core/time.ts';
import type { PluginOptions } from '../scenario.ts';
import type { TraceRow } from '../traces/trace-row.ts';
import { findHotHeads, type HotHeads } from './hot-heads.ts';

/** Seconds after the one before, whom it goes on from, tokens of that, new tokens, answer. */
type SessionRequest = [waitS: number, from: number, shared: number, own: number, answer: number];

interface Session {
  readonly head: number;
  readonly startUs: number;
  lastUs: number;
  readonly requests: SessionRequest[];
}

export interface FittedSessions {
  /** Options of the job that draws such sessions. */
  readonly job: PluginOptions;
  /** When the sessions of the trace begin. */
  readonly startsUs: readonly number[];
  /** From their first request to their last. */
  readonly lengthsUs: readonly number[];
}

/** Longer ones are cut; what they share with their own beginning is lost. */
const longestSession = 200;
const mostRequests = 8_000;

/**
 * Sessions by what prompts share: a prompt goes on from the last one that had all its known blocks,
 * unless these are no more than a head which many begin with.
 */
export function fitSessions(rows: readonly TraceRow[]): FittedSessions {
  const heads = findHotHeads(rows);
  const sessions = sessionsOf(rows, heads);
  const taken = sampled(sessions, rows.length);
  const answers = rows.map(({ outputTokens }) => outputTokens).sort((a, b) => a - b);
  giveAnswers(
    taken.flatMap(({ requests }) => requests),
    answers,
  );
  return {
    job: {
      kind: 'sampled',
      heads: heads.heads,
      sessions: taken.map(({ head, requests }) => [head, requests]),
    },
    startsUs: sessions.map(({ startUs }) => startUs),
    lengthsUs: sessions.map(({ lastUs, startUs }) => lastUs - startUs),
  };
}

interface Use {
  readonly session: Session;
  /** Number of the request there, from 1, and the tokens of its prompt. */
  readonly request: number;
  readonly promptTokens: number;
}

function sessionsOf(rows: readonly TraceRow[], heads: HotHeads): Session[] {
  const sessions: Session[] = [];
  const lastUse = new Map<number, Use>();
  for (const row of rows) {
    const { arrivalUs, blocks = [], blockTokens = 1, outputTokens, promptTokens } = row;
    const { blocks: headBlocks, head } = heads.of(row);
    let known = 0;
    while (known < blocks.length && lastUse.has(blocks[known]!)) known += 1;
    const before = known > headBlocks ? lastUse.get(blocks[known - 1]!)! : undefined;
    const goesOn = before?.session.head === head && before.session.requests.length < longestSession;
    const session = goesOn ? before!.session : newSession(head, arrivalUs, sessions);
    const headTokens = headBlocks * blockTokens;
    const common = Math.min(known * blockTokens, promptTokens, before?.promptTokens ?? 0);
    const shared = goesOn ? Math.max(0, common - headTokens) : 0;
    session.requests.push([
      Math.round((arrivalUs - session.lastUs) / 1_000) / (US_PER_S / 1_000),
      goesOn ? before!.request : 0,
      shared,
      promptTokens - headTokens - shared,
      outputTokens,
    ]);
    session.lastUs = arrivalUs;
    const use = { session, request: session.requests.length, promptTokens };
    for (const id of blocks) lastUse.set(id, use);
  }
  return sessions;
}

function newSession(head: number, startUs: number, sessions: Session[]): Session {
  const session = { head, startUs, lastUs: startUs, requests: [] };
  sessions.push(session);
  return session;
}

/** Every n-th, in an order in which neighbours are alike. */
function sampled(sessions: readonly Session[], rows: number): Session[] {
  const count = Math.ceil(sessions.length * Math.min(1, mostRequests / rows));
  const longest = ({ requests }: Session) => Math.max(...requests.map(([, , s, own]) => s + own));
  const keyed = sessions.map((session) => ({ session, longest: longest(session) }));
  keyed.sort(
    (a, b) =>
      a.session.head - b.session.head ||
      a.session.requests.length - b.session.requests.length ||
      a.longest - b.longest ||
      a.session.startUs - b.session.startUs,
  );
  return Array.from({ length: count }, (_, index) => {
    return keyed[Math.floor(((index + 0.5) * keyed.length) / count)]!.session;
  });
}

/** The answer of each becomes that of its rank, so that a sample has the quantiles of the whole. */
function giveAnswers(requests: SessionRequest[], ascending: readonly number[]): void {
  requests.sort((a, b) => a[4] - b[4]);
  for (const [rank, request] of requests.entries()) {
    request[4] = ascending[Math.floor(((rank + 0.5) * ascending.length) / requests.length)]!;
  }
}
