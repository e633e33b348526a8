import { numberIn, tokensIn } from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { toUs } from '../time-unit.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

export default defineTraceFormat({
  kind: 'llmservingsim-jsonl',
  summary: 'LLMServingSim: nanoseconds and lengths; token ids are ignored.',
  options: {},
  detect: ({ firstLine }) => /"input_toks"|"arrival_time_ns"/.test(firstLine),
  create(_options, { bad }) {
    return jsonLinesParser({
      bad,
      traits: { assumed: { unit: 'ns' } },
      read(object, line, rows) {
        rows.push(
          draftRow({
            line,
            arrivalUs: toUs(numberIn(object, 'arrival_time_ns'), 'ns'),
            promptTokens: tokensIn(object, 'input_toks', 1),
            outputTokens: tokensIn(object, 'output_toks', 0),
          }),
        );
      },
    });
  },
});
