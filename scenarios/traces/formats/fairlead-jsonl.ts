import { BadRow } from '../bad-rows.ts';
import { checkBlockCount } from '../blocks.ts';
import {
  idsIn,
  integerIn,
  isObject,
  type JsonObject,
  nameIn,
  numberIn,
  tokensIn,
} from '../json-fields.ts';
import { jsonLinesParser } from '../json-lines-parser.ts';
import { toUs } from '../time-unit.ts';
import { defineTraceFormat } from '../trace-format.ts';
import { draftRow } from '../trace-row.ts';

/**
 * Our own format. A line is an object with
 *
 *   arrivalUs or arrivalS      when it came, since whenever
 *   inputTokens, outputTokens  lengths; an output of 0 is a request that failed
 *   tenant, session, adapter   names, if known
 *   turn                       number of the turn in its session, from 1
 *   priority                   as vLLM has it: lower goes first
 *   blocks                     {tokens, ids}: what the prompt consists of, `tokens` to an id
 *
 * Other fields are ignored, so that a file may say more.
 */
export default defineTraceFormat({
  kind: 'fairlead-jsonl',
  summary: 'Our own: each row says all that we use.',
  options: {},
  detect: ({ firstLine }) => /"inputTokens"/.test(firstLine) && /"arrival(Us|S)"/.test(firstLine),
  create(_options, { bad }) {
    return jsonLinesParser({
      bad,
      traits: { assumed: {} },
      read(object, line, rows) {
        const promptTokens = tokensIn(object, 'inputTokens', 1);
        rows.push(
          draftRow({
            line,
            arrivalUs: arrivalIn(object),
            promptTokens,
            outputTokens: tokensIn(object, 'outputTokens', 0),
            tenant: nameIn(object, 'tenant'),
            session: nameIn(object, 'session'),
            turn: integerIn(object, 'turn'),
            adapter: nameIn(object, 'adapter'),
            priority: integerIn(object, 'priority'),
            ...blocksIn(object, promptTokens),
          }),
        );
      },
    });
  },
});

function arrivalIn(object: JsonObject): number {
  if ((object['arrivalUs'] === undefined) === (object['arrivalS'] === undefined)) {
    throw new BadRow('write either arrivalUs or arrivalS.');
  }
  if (object['arrivalUs'] !== undefined) return numberIn(object, 'arrivalUs');
  return toUs(numberIn(object, 'arrivalS'), 's');
}

function blocksIn(object: JsonObject, promptTokens: number) {
  const blocks = object['blocks'] ?? undefined;
  if (blocks === undefined) return {};
  if (!isObject(blocks)) throw new BadRow('blocks is not {"tokens": …, "ids": […]}.');
  const blockTokens = tokensIn(blocks, 'tokens', 1);
  const ids = idsIn(blocks, 'ids');
  if (ids === undefined) throw new BadRow('blocks.ids is missing; write a list of numbers.');
  checkBlockCount({ ids, promptTokens, blockTokens });
  return { blockTokens, blocks: ids };
}
