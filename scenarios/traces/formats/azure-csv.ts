import { csvParser } from '../csv-parser.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';
import { wallClockTicks } from '../wall-clock.ts';

const [time, input, output] = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;
const prompt = { name: input, min: 1 };
const answer = { name: output, min: 0 };

export default defineTraceFormat({
  kind: 'azure-csv',
  summary: 'Azure LLM inference, 2023 and 2024: wall clock to 100 ns, lengths, nothing else.',
  options: {},
  detect: ({ firstLine }) => firstLine.includes(time) && /Tokens/.test(firstLine),
  create(_options, { bad }) {
    // Relative to the first row, because 2023 in ticks of 100 ns is beyond 2^53.
    let firstTicks: number | undefined;
    return csvParser({
      bad,
      traits: { assumed: { clock: 'UTC where the file names no time zone' } },
      columns: [time, input, output],
      row(fields, at, line) {
        const ticks = wallClockTicks(fields, at[time]);
        firstTicks ??= ticks;
        return draftRow({
          line,
          arrivalUs: (ticks - firstTicks) / 10,
          promptTokens: fields.tokens(at[input], prompt),
          outputTokens: fields.tokens(at[output], answer),
        });
      },
    });
  },
});
