import { blockTokens, checkBlockCount } from '../blocks.ts';
import { idsIn, integerIn, nameIn, numberIn, tokensIn } from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { timeUnit, toUs } from '../time-unit.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

/** The public traces stamp about ten requests at once, every 3,000 ms. */
const tickUs = 3_000_000;

export default defineTraceFormat({
  kind: 'mooncake-jsonl',
  summary:
    'Mooncake, and whoever uses its four fields: milliseconds in ticks of 3 s, prompt blocks.',
  options: { unit: timeUnit('ms'), blockTokens: blockTokens(512) },
  detect: ({ firstLine }) =>
    /"input_length"/.test(firstLine) &&
    /"timestamp"/.test(firstLine) &&
    !/"chat_id"/.test(firstLine),
  create({ unit, blockTokens }, { bad }) {
    return jsonLinesParser({
      bad,
      traits: { assumed: { unit, blockTokens }, tickUs },
      read(object, line, rows) {
        const promptTokens = tokensIn(object, 'input_length', 1);
        const ids = idsIn(object, 'hash_ids');
        if (ids !== undefined) checkBlockCount({ ids, promptTokens, blockTokens });
        rows.push(
          draftRow({
            line,
            arrivalUs: toUs(numberIn(object, 'timestamp'), unit),
            promptTokens,
            outputTokens: tokensIn(object, 'output_length', 0),
            session: nameIn(object, 'session_id'),
            priority: integerIn(object, 'priority'),
            blockTokens: ids && blockTokens,
            blocks: ids,
          }),
        );
      },
    });
  },
});
