import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfBrokenStream } from '../../../proxy/client/broken-stream.ts';

const error = {
  status: 502,
  code: 'stream_broken',
  type: 'server_error',
  message: 'It broke.',
} as const;
const said = { message: 'It broke.', type: 'server_error', param: null, code: 'stream_broken' };

/** The data of the events of a stream, as the standard has them read. */
function dataOf(stream: string): string[] {
  return stream
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('data:')))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.slice(5).trimStart()).join('\n'));
}

test('an object that was cut off anywhere is completed, and holds the error', () => {
  const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
  const spaces = fc.constantFrom(undefined, 1);
  fc.assert(
    fc.property(object, spaces, fc.nat(), (value, indent, cut) => {
      const whole = JSON.stringify(value, null, indent).replaceAll('\n', ' ');
      const half = whole.slice(0, cut % whole.length);
      const stream = `data: {"a":1}\n\ndata: ${half}`;
      const events = dataOf(stream + endOfBrokenStream(stream, error)).map((one) =>
        JSON.parse(one),
      );
      expect(events.length).toBe(3);
      expect([events[0], events[1].error, events[2]]).toEqual([{ a: 1 }, said, { error: said }]);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test.each(['', 'data: {"a":1}\n\n', 'd', 'event: x', ': comment', 'data: {"a":1}', 'data: [1]'])(
  'after %j there is the event of the error alone',
  (stream) => {
    const end = endOfBrokenStream(stream, error);
    expect(end).toBe(`\n\ndata: ${JSON.stringify({ error: said })}\n\n`);
  },
);

test('the mark of the end is completed, because the answer was', () => {
  const stream = 'data: {"a":1}\n\ndata: [DO';
  expect(dataOf(stream + endOfBrokenStream(stream, error))[1]).toBe('[DONE]');
});
