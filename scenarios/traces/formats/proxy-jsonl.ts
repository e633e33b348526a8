import { type AccessLogField, accessLogEvent } from '../../../core/formats/access-log-fields.ts';
import { BadRow, printed } from '../bad-rows.ts';
import { integerIn, type JsonObject, nameIn, tokensIn } from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { type DraftRow, draftRow } from '../trace-row.ts';
import { wallClockTicksOf } from '../wall-clock.ts';

/** Says that these are names of fields. */
const named = (field: AccessLogField): AccessLogField => field;

/** The stream of a proxy holds other events, too, so the first line need not be a request. */
const request = new RegExp(`^\\{"event":\\s*"${accessLogEvent}"[^\\n]*"arrival":\\s*"\\d`, 'm');

export default defineTraceFormat({
  kind: 'proxy-jsonl',
  summary: 'The access log of `fairlead proxy`: wall clock to the microsecond, lengths, sessions.',
  options: {},
  detect: ({ text }) => request.test(text),
  create(_options, { bad }) {
    let others = 0;
    return jsonLinesParser({
      bad,
      traits: {
        assumed: { promptTokens: 'an estimate where the replica did not say' },
        // A line is written when its request ends.
        unordered: true,
        notes: () => (others === 0 ? [] : [`${others} of the lines are not of prompts`]),
      },
      read(object, line, rows) {
        const row = rowOf(object, line);
        if (row === undefined) others += 1;
        else rows.push(row);
      },
    });
  },
});

/** Undefined for other events, and for requests without a prompt, such as for a list of models. */
function rowOf(object: JsonObject, line: number): DraftRow | undefined {
  if (object[named('event')] !== accessLogEvent) return undefined;
  const arrivalUs = arrivalIn(object);
  if ((object[named('promptTokens')] ?? 0) === 0) return undefined;
  const session = integerIn(object, named('session')) ?? 0;
  return draftRow({
    line,
    arrivalUs,
    promptTokens: tokensIn(object, named('promptTokens'), 1),
    // Nobody knows how long an answer would have been that was never given.
    outputTokens:
      object[named('outputTokens')] == null ? 0 : tokensIn(object, named('outputTokens'), 0),
    tenant: nameIn(object, named('tenant')),
    session: session === 0 ? undefined : String(session),
  });
}

function arrivalIn(object: JsonObject): number {
  const value = object[named('arrival')];
  if (typeof value === 'string') return wallClockTicksOf(value) / 10;
  throw new BadRow(`arrival is ${printed(value)}; write a time.`);
}
