import { describe, expect, test } from 'vitest';
import { type Random, randomIndex, randomStream } from '../../../core/random.ts';
import { ChunkFrames } from '../../../proxy/upstream/chunk-frames.ts';
import { ResponseParser } from '../../../proxy/upstream/response-parser.ts';
import { answerScript } from '../support/answer-scripts.ts';
import { mutateBytes, split } from '../support/byte-mutations.ts';
import { readAnswer, readChunks } from '../support/strict-answers.ts';

const seed = Number(process.env['FAIRLEAD_HOSTILE_SEED'] ?? 6);

interface Heard {
  readonly end: 'end' | 'broken' | 'nothing';
  readonly status: number | undefined;
  readonly body: Buffer;
  readonly isReusable: boolean | undefined;
}

interface Asked {
  readonly isHead: boolean;
  readonly isClosed: boolean;
  readonly takesFrames: boolean;
}

/** What the parser of the product says of an answer that comes in these pieces. */
function hear(pieces: readonly Buffer[], { isClosed, isHead, takesFrames }: Asked): Heard {
  const bytes: Buffer[] = [];
  let end: Heard['end'] = 'nothing';
  let status: number | undefined;
  let isFramed = false;
  let isReusable: boolean | undefined;
  const parser = new ResponseParser({
    onHead: (head) => {
      expect([status, end]).toEqual([undefined, 'nothing']);
      ({ isFramed, status } = head);
    },
    onBytes: (piece) => {
      expect([typeof status, end]).toEqual(['number', 'nothing']);
      bytes.push(piece);
    },
    onEnd: (reusable) => {
      expect([typeof status, end]).toEqual(['number', 'nothing']);
      isReusable = reusable;
      end = 'end';
    },
    onBroken: () => {
      expect(end).toBe('nothing');
      end = 'broken';
    },
  });
  parser.expect({ method: isHead ? 'HEAD' : 'POST', takesFrames });
  for (const piece of pieces) {
    if (end !== 'nothing') break;
    parser.take(piece);
  }
  if (isClosed && end === 'nothing') parser.closed();
  const body = Buffer.concat(bytes);
  return { end, status, body: isFramed ? contents(body) : body, isReusable };
}

/** What is passed on as frames is read by clients. */
function contents(frames: Buffer): Buffer {
  const read = readChunks(Buffer.concat([frames, Buffer.from('0\r\n\r\n')]), 0);
  // A long chunk may have been cut in its middle, which the client is told by a cut connection.
  return typeof read === 'string' ? Buffer.alloc(0) : read.body;
}

describe('an answer in any pieces is what a strict reader takes it for', () => {
  test.each([0, 1, 2, 3, 4, 5, 6])(`2,000 answers, seed ${seed}, part %i`, (part) => {
    const seen = { whole: 0, cut: 0, wrong: 0 };
    for (let i = 0; i < 2_000; i++) {
      const random = randomStream(seed, `bytes/${part}/${i}`);
      const script = Buffer.concat(answerScript(random, `~${i}~`).pieces);
      const bytes = random() < 0.3 ? mutateBytes(script, random) : script;
      const asked = {
        isHead: random() < 0.1,
        isClosed: random() < 0.7,
        takesFrames: random() < 0.5,
      };
      const story = `${part}/${i}: ${JSON.stringify(bytes.toString('latin1', 0, 400))}`;
      const heard = hear(split(bytes, random, 12), asked);
      // Without the end of the connection an answer that ends with it is not over.
      const read = readAnswer(bytes, asked);
      seen[read.kind] += 1;
      if (read.kind === 'wrong') {
        expect(heard.end, story).not.toBe('end');
      } else if (read.kind === 'cut') {
        expect(heard.end, story).toBe(asked.isClosed ? 'broken' : 'nothing');
      } else {
        const { body, status } = read;
        expect(heard, story).toMatchObject({ end: 'end', status });
        expect(heard.body.equals(body), story).toBe(true);
        if (read.isLast) expect(heard.isReusable, story).toBe(false);
      }
    }
    expect(Math.min(seen.whole, seen.cut, seen.wrong)).toBeGreaterThan(100);
  });
});

test(`4,000 bodies in chunks, whole, cut and damaged, in any pieces, seed ${seed}`, () => {
  const seen = { whole: 0, cut: 0, wrong: 0 };
  for (let i = 0; i < 4_000; i++) {
    const random = randomStream(seed, `chunks/${i}`);
    const bytes = chunkedBody(random);
    const read = readChunks(bytes, 0);
    const story = `${i}: ${JSON.stringify(bytes.toString('latin1', 0, 400))}`;
    for (const keepsFrames of [true, false]) {
      const frames = new ChunkFrames(keepsFrames);
      const passed: Buffer[] = [];
      let isWrong = false;
      let taken = 0;
      for (const piece of split(bytes, random, 10)) {
        const own = frames.take(piece);
        isWrong = own === undefined;
        if (own === undefined) break;
        passed.push(own);
        if (frames.isOver) {
          taken += frames.rest;
          break;
        }
        taken += piece.length;
      }
      const body = Buffer.concat(passed);
      if (read === 'wrong') expect([isWrong, frames.isOver], story).toEqual([true, false]);
      // In the line end of a long chunk that is cut there.
      else if (read === 'cut' && bytes.length > 16_384) expect(frames.isOver, story).toBe(false);
      else if (read === 'cut') expect([isWrong, frames.isOver], story).toEqual([false, false]);
      else {
        expect([isWrong, frames.isOver, taken], story).toEqual([false, true, read.end]);
        expect((keepsFrames ? contents(body) : body).equals(read.body), story).toBe(true);
      }
    }
    seen[typeof read === 'string' ? read : 'whole'] += 1;
  }
  expect(Math.min(seen.whole, seen.cut, seen.wrong)).toBeGreaterThan(200);
});

function chunkedBody(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let left = randomIndex(random, 5); left > 0; left--) {
    const length = 1 + randomIndex(random, random() < 0.1 ? 40_000 : 60);
    parts.push(Buffer.from(`${length.toString(16)}\r\n`), Buffer.alloc(length, 'ab\r\n0'));
    parts.push(Buffer.from('\r\n'));
  }
  const trailer = 'x: y\r\n'.repeat(random() < 0.2 ? randomIndex(random, 1_500) : 0);
  parts.push(Buffer.from(`0\r\n${trailer}\r\n`));
  const whole = Buffer.concat(parts);
  const kind = random();
  if (kind < 0.3) return whole.subarray(0, randomIndex(random, whole.length));
  return kind < 0.7 ? mutateBytes(whole, random) : whole;
}
