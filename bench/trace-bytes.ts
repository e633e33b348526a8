import { randomStream } from '../core/random.ts';

// Synthetic traces of any size: a piece is made once and handed out again and again, each time with
// later times written into it. Making them so costs next to nothing beside reading them.

const linesPerPiece = 8_192;

/** Rows of Azure's CSV; a piece is a day. */
export function* azurePieces(megabytes: number): Generator<Uint8Array> {
  const random = randomStream(1, 'bench/azure');
  const lines = Array.from({ length: linesPerPiece }, (_, line) => {
    const second = (line * 86_400) / linesPerPiece;
    const clock = [second / 3_600, (second / 60) % 60, second % 60].map((part) =>
      String(Math.floor(part)).padStart(2, '0'),
    );
    const fraction = String(Math.floor((second % 1) * 1e7)).padStart(7, '0');
    const input = 1 + Math.floor(8_000 * random());
    const output = 1 + Math.floor(1_000 * random());
    return `2023-11-16 ${clock.join(':')}.${fraction},${input},${output}\r\n`;
  });
  const piece = Buffer.from(lines.join(''));
  const places = startsOf(lines);
  yield Buffer.from('TIMESTAMP,ContextTokens,GeneratedTokens\r\n');
  for (let day = 0, sent = 0; sent < 1e6 * megabytes; day++, sent += piece.length) {
    const date = new Date(Date.UTC(2023, 10, 16) + day * 86_400_000).toISOString().slice(0, 10);
    yield withTexts(piece, places, () => date);
  }
}

/** Rows of Mooncake's JSON, ten to a tick of 3 s and 25 blocks to a prompt. */
export function* mooncakePieces(megabytes: number): Generator<Uint8Array> {
  const random = randomStream(1, 'bench/mooncake');
  const head = '{"timestamp": ';
  const startMs = 1_000_000_000_000;
  const lines = Array.from({ length: linesPerPiece }, () => {
    const input = 1 + Math.floor(25_600 * random());
    const ids = Array.from({ length: Math.ceil(input / 512) }, () =>
      Math.floor(200_000 * random()),
    );
    const output = 1 + Math.floor(1_000 * random());
    return `${head}${startMs}, "input_length": ${input}, "output_length": ${output}, "hash_ids": [${ids.join(', ')}]}\n`;
  });
  const piece = Buffer.from(lines.join(''));
  const places = startsOf(lines).map((start) => start + head.length);
  const ticksPerPiece = Math.ceil(linesPerPiece / 10);
  for (let pass = 0, sent = 0; sent < 1e6 * megabytes; pass++, sent += piece.length) {
    yield withTexts(piece, places, (line) => {
      return String(startMs + 3_000 * (pass * ticksPerPiece + Math.floor(line / 10)));
    });
  }
}

function startsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    at += line.length;
    return at - line.length;
  });
}

/** A copy with a text written at each of the places; texts have always the same length. */
function withTexts(
  piece: Buffer,
  places: readonly number[],
  text: (line: number) => string,
): Uint8Array {
  const copy = Buffer.from(piece);
  for (const [line, place] of places.entries()) copy.write(text(line), place, 'latin1');
  return copy;
}
