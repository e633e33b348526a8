import { z } from 'zod';
import { BadRow, type BadRows } from '../bad-rows.ts';
import { isObject, type JsonObject, listIn, nameIn, parseObject } from '../json-fields.ts';
import { JsonItems } from '../json-items.ts';
import { defineTraceFormat, type TraceParser } from '../trace-format.ts';
import { type DraftRow, draftRow, mostTokens } from '../trace-row.ts';

const blockTokens = 64;
/** Ids of blocks stay below 2^53. */
const blocksPerConversation = 2 ** 20;
/** Every turn repeats the blocks of those before it, so a conversation must end some time. */
const mostTurns = 2_000;

const askers = new Set(['human', 'user']);
const answerers = new Set(['gpt', 'chatgpt', 'assistant', 'bing', 'bard']);

export default defineTraceFormat({
  kind: 'sharegpt-json',
  summary: 'ShareGPT: conversations as text, without times; each answer is a row.',
  options: {
    charactersPerToken: z
      .number()
      .min(0.5)
      .max(100)
      .default(4)
      .describe('Lengths are counted in characters, since there is no tokenizer here.')
      .meta({ examples: [4] }),
  },
  detect: ({ text }) => /^\s*\[/.test(text) && /"conversations"/.test(text),
  create: ({ charactersPerToken }, { bad }) => conversationsParser(charactersPerToken, bad),
});

function conversationsParser(charactersPerToken: number, bad: BadRows): TraceParser {
  let rows: DraftRow[] = [];
  let conversations = 0;
  const items = new JsonItems({
    bad,
    onItem(bytes, line) {
      const index = conversations++;
      const found = bad.guard(line, () =>
        turns(parseObject(bytes), { line, index, charactersPerToken }),
      );
      for (const row of found ?? []) rows.push(row);
    },
  });
  const taken = () => {
    const done = rows;
    rows = [];
    return done;
  };
  return {
    assumed: { charactersPerToken, blockTokens },
    untimed: true,
    push(bytes) {
      items.push(bytes);
      return taken();
    },
    end() {
      items.end();
      return taken();
    },
  };
}

interface ConversationOptions {
  readonly line: number;
  readonly index: number;
  readonly charactersPerToken: number;
}

/** A row for each answer; its prompt is all that was said before, and so are its blocks. */
function turns(object: JsonObject, options: ConversationOptions): DraftRow[] {
  const { line, index, charactersPerToken } = options;
  const tokens = (text: string) => Math.ceil(text.length / charactersPerToken);
  const rows: DraftRow[] = [];
  let said = 0;
  for (const message of listIn(object, 'conversations')) {
    if (!isObject(message)) throw new BadRow('a message is not an object.');
    const { from, value } = message;
    if (typeof value !== 'string') throw new BadRow('a message has no text in "value".');
    const length = tokens(value);
    if (answerers.has(String(from)) && said > 0) {
      rows.push(
        draftRow({
          line,
          arrivalUs: 0,
          promptTokens: said,
          outputTokens: length,
          session: nameIn(object, 'id') ?? String(index),
          turn: rows.length + 1,
          blockTokens,
          blocks: Array.from(
            { length: Math.ceil(said / blockTokens) },
            (_, block) => index * blocksPerConversation + block,
          ),
        }),
      );
    } else if (!askers.has(String(from)) && !answerers.has(String(from)) && from !== 'system') {
      throw new BadRow(`a message is from ${JSON.stringify(from)}; write "human" or "gpt".`);
    }
    said += length;
    if (rows.length <= mostTurns && said <= mostTokens) continue;
    throw new BadRow(`more than ${mostTurns} turns or ${mostTokens} tokens in a conversation.`);
  }
  return rows;
}
