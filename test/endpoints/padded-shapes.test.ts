import { expect, test } from 'vitest';
import { padShapes } from '../../sim/endpoints/padded-shapes.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';

test('steps that decode are padded with decodes that read nothing', () => {
  const padded = padShapes([
    { ...emptyShape(), decodeSeqs: 3, decodeContext: 300, sequences: 3 },
    { ...emptyShape(), decodeSeqs: 8, decodeContext: 80, sequences: 8 },
    emptyShape(),
  ]);
  expect(padded.map(({ decodeSeqs }) => decodeSeqs)).toEqual([8, 8, 8]);
  expect(padded.map(({ decodeContext }) => decodeContext)).toEqual([300, 80, 0]);
  expect(padded.map(({ sequences }) => sequences)).toEqual([3, 8, 0]);
});

test('a prompt on one rank makes all of them run as many tokens outside of a CUDA graph', () => {
  const padded = padShapes([
    { ...emptyShape(), decodeSeqs: 3, decodeContext: 300, sequences: 3 },
    { ...emptyShape(), prefillTokens: 100, decodeSeqs: 1, sequences: 2 },
  ]);
  expect(padded.map(({ prefillTokens }) => prefillTokens)).toEqual([98, 100]);
  expect(padded.map(({ decodeSeqs }) => decodeSeqs)).toEqual([3, 1]);
});
