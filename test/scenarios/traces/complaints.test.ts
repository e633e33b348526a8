import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { readTrace, samples } from '../../support/traces.ts';

/** The sample of a format with something in it replaced. */
function changed(kind: string, from: string | RegExp, to: string): string {
  const text = samples[kind]!.replace(from, to);
  expect(text).not.toBe(samples[kind]);
  return text;
}

const csv = (change: [string | RegExp, string]) => changed('azure-csv', ...change);
const json = (change: [string | RegExp, string]) => changed('mooncake-jsonl', ...change);
const burst = (change: [string | RegExp, string]) => changed('burstgpt-csv', ...change);

describe('a damaged trace is reported with its line, what was found and what to write', () => {
  test.each([
    [
      'a word as a length',
      csv([',374,', ',many,']),
      'a:2: ContextTokens is "many"; write a whole number from 1 to 10000000.',
    ],
    [
      'NaN',
      csv([',374,', ',NaN,']),
      'a:2: ContextTokens is "NaN"; write a whole number from 1 to 10000000.',
    ],
    [
      'a negative length',
      csv([',109', ',-109']),
      'a:3: GeneratedTokens is "-109"; write a whole number from 0 to 10000000.',
    ],
    [
      'a prompt of nothing',
      csv([',374,', ',0,']),
      'a:2: ContextTokens is "0"; write a whole number from 1 to 10000000.',
    ],
    [
      'half a token',
      csv([',374,', ',374.5,']),
      'a:2: ContextTokens is "374.5"; write a whole number from 1 to 10000000.',
    ],
    [
      'a huge length',
      csv([',374,', ',99999999999999999999,']),
      'a:2: ContextTokens is "99999999999999999999"; write a whole number from 1 to 10000000.',
    ],
    [
      'a column gone',
      csv(['ContextTokens', 'ContextToken']),
      'a:1: no column "ContextTokens" in the header: TIMESTAMP,ContextToken,GeneratedTokens. Did you mean "ContextToken"?',
    ],
    ['a field too many', csv([',374,', ',374,1,']), 'a:2: 4 fields, but the header has 3.'],
    ['a cut line', csv([/,109$/, '']), 'a:3: 2 fields, but the header has 3.'],
    ['an open quote', burst([',ChatGPT,85', ',"ChatGPT,85']), 'a:2: a quote is not closed.'],
    [
      'the 30th of February',
      csv(['11-16 18:15:50', '02-30 18:15:50']),
      'a:3: the time is "2023-02-30 18:15:50.9951690"; write it as "2023-11-16 18:15:46.6805900".',
    ],
    [
      'a number as a time',
      csv(['2023-11-16 18:15:46.6805900', '1700158546']),
      'a:2: the time is "1700158546"; write it as "2023-11-16 18:15:46.6805900".',
    ],
    [
      'time going back',
      csv(['18:15:50', '18:15:40']),
      'a:3: time goes back from 0 s to -5.685421 s. Write sort: true if the file is not in order of time.',
    ],
    ['a word as seconds', burst(['\n35,', '\nsoon,']), 'a:4: Timestamp is "soon"; write seconds.'],
    [
      'too few blocks',
      json(['[0, 3]', '[0]']),
      'a:2: 1 hash_ids, but 600 tokens are 2 blocks of 512. Write blockTokens: 1024?',
    ],
    [
      'blocks of another size',
      json(['[0, 3]', '[1, 2, 3, 4, 5]']),
      'a:2: 5 hash_ids, but 600 tokens are 2 blocks of 512. Write blockTokens: 128?',
    ],
    [
      'a broken id',
      json(['[0, 3]', '[0, -3]']),
      'a:2: one of hash_ids is -3; write a whole number from 0 to 2^53.',
    ],
    ['ids that are no list', json(['[0, 3]', '"0 3"']), 'a:2: hash_ids is "0 3"; write a list.'],
    [
      'a field gone',
      json([', "output_length": 20', '']),
      'a:2: output_length is missing; write a whole number from 0 to 10000000.',
    ],
    [
      'a text as a number',
      json(['600', '"600"']),
      'a:2: input_length is "600"; write a whole number from 1 to 10000000.',
    ],
    [
      'beyond all numbers',
      json([/3000/, '1e999']),
      'a:3: timestamp is Infinity; write a number from 0.',
    ],
    [
      'cut JSON',
      json([/ 5\]\}\n$/, '']),
      'a:3: this is not a JSON object: {"timestamp": 3000, "input_length": 1600, "output_length": …',
    ],
    ['another JSON value', json([/\n\{.*/, '\n[1]']), 'a:2: this is not a JSON object: [1]'],
    [
      'seconds taken for milliseconds',
      json(['3000', '3']),
      'a:3: 3ms after the row before, but ticks of 3s were assumed. Write dequantizeMs: 0, or the unit of the file.',
    ],
    [
      'no arrival',
      changed('fairlead-jsonl', '"arrivalS": 0.5, ', ''),
      'a:2: write either arrivalUs or arrivalS.',
    ],
    [
      'two arrivals',
      changed('fairlead-jsonl', '"arrivalS": 0.5', '"arrivalS": 0.5, "arrivalUs": 7'),
      'a:2: write either arrivalUs or arrivalS.',
    ],
    [
      'blocks of another kind',
      changed('fairlead-jsonl', /\{"tokens.*?\}/, '[3]'),
      'a:1: blocks is not {"tokens": …, "ids": […]}.',
    ],
    [
      'blocks without a size',
      changed('fairlead-jsonl', '"tokens": 512, ', ''),
      'a:1: tokens is missing; write a whole number from 1 to 10000000.',
    ],
    [
      'a turn before the first',
      changed('bailian-jsonl', '"turn": 3', '"turn": 0'),
      'a:3: turn is 0; write a number from 1.',
    ],
    [
      'other blocks than assumed',
      changed('weka-jsonl', '"block_size": 64', '"block_size": 128'),
      'a:1: block_size is 128. Write blockTokens: 128.',
    ],
    [
      'a sub-agent before its marker',
      changed('weka-jsonl', '"t": 3.0', '"t": 0.5'),
      'a:1: sub-agent x starts at 2.5 s, and a request of it earlier. Write subagentTimes: relative.',
    ],
    [
      'an unknown speaker',
      changed(
        'sharegpt-json',
        '"from": "gpt", "value": "Hello',
        '"from": "robot", "value": "Hello',
      ),
      'a:2: a message is from "robot"; write "human" or "gpt".',
    ],
    [
      'a list that is cut',
      changed('sharegpt-json', /\]\n$/, ''),
      'a:2: the list does not end with "]"; the file is cut.',
    ],
    [
      'a word between elements',
      changed('sharegpt-json', '},\n', '},x\n'),
      'a:1: "x" does not belong into a list of objects.',
    ],
    ['UTF-16', '\ufeffTIMESTAMP', 'a:1: this is UTF-16. Save the file as UTF-8.'],
    ['only a header', csv([/\r\n[\s\S]*/, '']), 'a:1: there is no row in the file.'],
  ])('%s', async (what, text, message) => {
    const bytes = what === 'UTF-16' ? Buffer.from(text, 'utf16le') : text;
    await expect(readTrace(bytes)).rejects.toThrow(new FairleadError('TRACE_INVALID', message));
  });

  test('bytes that are no UTF-8', async () => {
    const text = burst(['GPT-4', '\u0001\u0002']).replace('API', 'x');
    const bytes = Buffer.from(text).map((byte) => (byte <= 2 ? 0xff : byte));
    await expect(readTrace(bytes)).rejects.toThrow(
      'a:3: this is not UTF-8 text. Save the file as UTF-8.',
    );
    const object = Buffer.from(json(['600', '\u0001']));
    await expect(readTrace(object.map((byte) => (byte === 1 ? 0xff : byte)))).rejects.toThrow(
      'a:2: this is not UTF-8 text. Save the file as UTF-8.',
    );
  });

  test.each(['azure-csv', 'mooncake-jsonl', 'fairlead-jsonl'])(
    '%s: a line of 10 MB, without keeping it',
    async (kind) => {
      const filling = `${samples[kind]!.trimEnd()}\n${'9'.repeat(10_000_000)}`;
      const message = 'longer than 8 MB. Is this the right file, with its line ends?';
      const line = samples[kind]!.trimEnd().split('\n').length + 1;
      for (const end of ['', '\n']) {
        await expect(readTrace(filling + end)).rejects.toThrow(`a:${line}: ${message}`);
      }
    },
  );
});
