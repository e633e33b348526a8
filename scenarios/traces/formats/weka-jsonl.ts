import { z } from 'zod';
import { BadRow } from '../bad-rows.ts';
import { blockTokens, checkBlockCount } from '../blocks.ts';
import {
  idsIn,
  isObject,
  type JsonObject,
  listIn,
  nameIn,
  numberIn,
  tokensIn,
} from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { toUs } from '../time-unit.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { type DraftRow, draftRow } from '../trace-row.ts';

/** Hash ids are local to the conversation; each gets a range of its own. */
const idsPerConversation = 2 ** 28;

export default defineTraceFormat({
  kind: 'weka-jsonl',
  summary: 'Weka agentic coding: one conversation a line, with sub-agents and local block ids.',
  options: {
    blockTokens: blockTokens(64),
    conversationGapS: z
      .number()
      .min(0)
      .max(86_400)
      .default(0)
      .describe('Each conversation starts so much after the one before; the file says nothing.')
      .meta({ examples: [10] }),
    subagentTimes: z
      .enum(['absolute', 'relative'])
      .default('absolute')
      .describe('Times of a sub-agent count from the conversation, or from its own marker.')
      .meta({ examples: ['relative'] }),
  },
  detect: ({ firstLine }) => /"requests"\s*:\s*\[/.test(firstLine) && /"id"/.test(firstLine),
  create({ blockTokens, conversationGapS, subagentTimes }, { bad }) {
    let conversations = 0;
    return jsonLinesParser({
      bad,
      traits: {
        assumed: { unit: 's', blockTokens, conversationGapS, subagentTimes },
        unordered: true,
      },
      longestBytes: 128_000_000,
      read(object, line, rows) {
        const index = conversations++;
        const session = nameIn(object, 'id') ?? String(index);
        const size = object['block_size'] ?? blockTokens;
        if (size !== blockTokens) {
          throw new BadRow(`block_size is ${size}. Write blockTokens: ${size}.`);
        }
        new Conversation({ blockTokens, subagentTimes, index, line, rows }).read(object, {
          session,
          startS: index * conversationGapS,
          depth: 0,
        });
      },
    });
  },
});

interface Thread {
  readonly session: string;
  /** What the times in it count from. */
  readonly startS: number;
  /** Sub-agents above it. */
  readonly depth: number;
}

const mostDepth = 20;

interface ConversationOptions {
  readonly index: number;
  readonly line: number;
  readonly rows: DraftRow[];
  readonly blockTokens: number;
  readonly subagentTimes: 'absolute' | 'relative';
}

class Conversation {
  readonly #options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** The thread itself and, as sessions of their own, its sub-agents. */
  read(object: JsonObject, thread: Thread): void {
    let turn = 0;
    for (const [position, request] of listIn(object, 'requests').entries()) {
      if (!isObject(request)) throw new BadRow(`request ${position + 1} is not an object.`);
      if (request['type'] === 'subagent') this.#subagent(request, thread, position);
      else this.#request(request, thread, ++turn);
    }
  }

  #request(request: JsonObject, { session, startS }: Thread, turn: number): void {
    const { index, line, rows, blockTokens } = this.#options;
    const promptTokens = tokensIn(request, 'in', 1);
    const ids = idsIn(request, 'hash_ids');
    if (ids !== undefined) {
      checkBlockCount({ ids, promptTokens, blockTokens, lastMayLack: true });
      if (ids.some((id) => id >= idsPerConversation)) throw new BadRow('a hash id is above 2^28.');
    }
    rows.push(
      draftRow({
        line,
        arrivalUs: toUs(startS + numberIn(request, 't'), 's'),
        promptTokens,
        outputTokens: tokensIn(request, 'out', 0),
        session,
        turn,
        blockTokens: ids && blockTokens,
        blocks: ids?.map((id) => index * idsPerConversation + id),
      }),
    );
  }

  #subagent(marker: JsonObject, parent: Thread, position: number): void {
    const depth = parent.depth + 1;
    if (depth > mostDepth) throw new BadRow(`sub-agents inside each other, ${depth} deep.`);
    const name = nameIn(marker, 'agent_id') ?? String(position);
    const session = `${parent.session}/${name}`;
    const markerS = numberIn(marker, 't');
    const relative = this.#options.subagentTimes === 'relative';
    for (const request of relative ? [] : listIn(marker, 'requests')) {
      if (isObject(request) && numberIn(request, 't') < markerS) {
        const found = `sub-agent ${name} starts at ${markerS} s, and a request of it earlier`;
        throw new BadRow(`${found}. Write subagentTimes: relative.`);
      }
    }
    this.read(marker, { session, depth, startS: parent.startS + (relative ? markerS : 0) });
  }
}
