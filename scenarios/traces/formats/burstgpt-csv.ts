import { US_PER_S } from '../../../core/time.ts';
import { BadRow, printed } from '../bad-rows.ts';
import { csvParser } from '../csv-parser.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

const [time, model, input, output] = [
  'Timestamp',
  'Model',
  'Request tokens',
  'Response tokens',
] as const;
const session = 'Session ID';
const prompt = { name: input, min: 1 };
const answer = { name: output, min: 0 };

export default defineTraceFormat({
  kind: 'burstgpt-csv',
  summary: 'BurstGPT, with sessions (v2) or without (v1): seconds, the model as tenant.',
  options: {},
  detect: ({ firstLine }) => firstLine.includes(input) && firstLine.includes(output),
  create(_options, { bad }) {
    return csvParser({
      bad,
      traits: { assumed: { unit: 's', sessions: 'where there is a Session ID' } },
      columns: [time, model, input, output],
      optional: [session],
      row(fields, at, line) {
        const seconds = fields.number(at[time]);
        if (!Number.isFinite(seconds)) {
          throw new BadRow(`Timestamp is ${printed(fields.text(at[time]))}; write seconds.`);
        }
        const hasSession = at[session] >= 0 && !fields.isEmpty(at[session]);
        return draftRow({
          line,
          arrivalUs: seconds * US_PER_S,
          promptTokens: fields.tokens(at[input], prompt),
          outputTokens: fields.tokens(at[output], answer),
          tenant: fields.text(at[model]),
          session: hasSession ? fields.text(at[session]) : undefined,
        });
      },
    });
  },
});
