import { BadRow, printed } from '../bad-rows.ts';
import { blockTokens, checkBlockCount } from '../blocks.ts';
import { idsIn, integerIn, nameIn, numberIn, tokensIn } from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { timeUnit, toUs } from '../time-unit.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

export default defineTraceFormat({
  kind: 'bailian-jsonl',
  summary: 'Qwen-Bailian: seconds, blocks of 16 tokens, and each turn names the one before.',
  options: { unit: timeUnit('s'), blockTokens: blockTokens(16) },
  detect: ({ firstLine }) => /"parent_chat_id"|"chat_id"/.test(firstLine),
  create({ unit, blockTokens }, { bad }) {
    /** The first turn of the session that a chat id belongs to. */
    const firstTurns = new Map<string, string>();
    return jsonLinesParser({
      bad,
      traits: { assumed: { unit, blockTokens, tenant: 'the type of the request' } },
      read(object, line, rows) {
        const promptTokens = tokensIn(object, 'input_length', 1);
        const ids = idsIn(object, 'hash_ids');
        if (ids !== undefined) {
          checkBlockCount({ ids, promptTokens, blockTokens, lastMayLack: true });
        }
        const chat = nameIn(object, 'chat_id');
        if (chat === undefined) throw new BadRow('chat_id is missing; write a number.');
        const parent = nameIn(object, 'parent_chat_id') ?? '-1';
        // A parent from before the trace began is still the session's name.
        const session = parent === '-1' ? chat : (firstTurns.get(parent) ?? parent);
        const turn = integerIn(object, 'turn') ?? 1;
        if (turn < 1) throw new BadRow(`turn is ${printed(turn)}; write a number from 1.`);
        rows.push(
          draftRow({
            line,
            arrivalUs: toUs(numberIn(object, 'timestamp'), unit),
            promptTokens,
            outputTokens: tokensIn(object, 'output_length', 0),
            tenant: nameIn(object, 'type'),
            session,
            turn,
            blockTokens: ids && blockTokens,
            blocks: ids,
          }),
        );
        firstTurns.set(chat, session);
      },
    });
  },
});
