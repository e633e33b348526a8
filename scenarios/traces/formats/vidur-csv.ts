import { csvParser } from '../csv-parser.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

const [input, output] = ['num_prefill_tokens', 'num_decode_tokens'] as const;
const prompt = { name: input, min: 1 };
const answer = { name: output, min: 0 };

export default defineTraceFormat({
  kind: 'vidur-csv',
  summary: 'Vidur: lengths only, without times.',
  options: {},
  detect: ({ firstLine }) => firstLine.includes(input) && firstLine.includes(output),
  create(_options, { bad }) {
    return csvParser({
      bad,
      traits: { assumed: {}, untimed: true },
      columns: [input, output],
      row: (fields, at, line) =>
        draftRow({
          line,
          arrivalUs: 0,
          promptTokens: fields.tokens(at[input], prompt),
          outputTokens: fields.tokens(at[output], answer),
        }),
    });
  },
});
