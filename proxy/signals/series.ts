/** A label by its bytes; values that need no escapes. */
export interface LabelBytes {
  readonly name: Buffer;
  readonly value: Buffer;
}

/**
 * The value of a series whose name ends at `at`, NaN when that is no number; undefined when the name
 * goes on, and when the labels are not those wanted or are no labels. What follows the value on its
 * line, a timestamp or an exemplar, is not looked at.
 */
export function seriesValueAt(
  page: Buffer,
  at: number,
  wanted: LabelBytes | undefined,
): number | undefined {
  const next = skipBlanks(page, at);
  if (page[next] === openBrace) {
    const after = afterLabels(page, next + 1, wanted);
    return after < 0 ? undefined : numberAt(page, skipBlanks(page, after));
  }
  return next === at || wanted !== undefined ? undefined : numberAt(page, next);
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;
const comma = 44;
const equals = 61;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;

function skipBlanks(page: Buffer, from: number): number {
  let at = from;
  while (page[at] === space || page[at] === tab) at += 1;
  return at;
}

/** -1 when they end within the line, or lack the one that is wanted. */
function afterLabels(page: Buffer, from: number, wanted: LabelBytes | undefined): number {
  let isWanted = wanted === undefined;
  let at = skipBlanks(page, from);
  while (page[at] !== closeBrace) {
    const nameEnd = endOfName(page, at);
    if (nameEnd === at) return -1;
    const sign = skipBlanks(page, nameEnd);
    const open = page[sign] === equals ? skipBlanks(page, sign + 1) : -1;
    const close = page[open] === quote ? closingQuote(page, open + 1) : -1;
    if (close < 0) return -1;
    isWanted ||=
      wanted !== undefined &&
      isAt(page, at, nameEnd, wanted.name) &&
      isAt(page, open + 1, close, wanted.value);
    at = skipBlanks(page, close + 1);
    if (page[at] === comma) at = skipBlanks(page, at + 1);
    else if (page[at] !== closeBrace) return -1;
  }
  return isWanted ? at + 1 : -1;
}

function endOfName(page: Buffer, from: number): number {
  for (let at = from; at < page.length; at++) {
    switch (page[at]) {
      case tab:
      case lineFeed:
      case space:
      case quote:
      case comma:
      case equals:
      case openBrace:
      case closeBrace:
        return at;
    }
  }
  return page.length;
}

/** A value may hold anything, but a quote, a backslash and the end of a line only escaped. */
function closingQuote(page: Buffer, from: number): number {
  for (let at = from; at < page.length; at++) {
    const byte = page[at];
    if (byte === quote) return at;
    if (byte === lineFeed) return -1;
    if (byte === backslash && page[at + 1] !== lineFeed) at += 1;
  }
  return -1;
}

function isAt(page: Buffer, from: number, to: number, bytes: Buffer): boolean {
  return to - from === bytes.length && page.compare(bytes, 0, bytes.length, from, to) === 0;
}

/** No engine writes one this long; a longer one is no number. */
const mostDigits = 64;

function numberAt(page: Buffer, from: number): number {
  let at = from;
  while (at < page.length && at - from <= mostDigits && isOfNumber(page[at]!)) at += 1;
  if (at === from || (at < page.length && !endsValue(page[at]!))) return Number.NaN;
  return Number(page.toString('latin1', from, at));
}

/** Digits, signs, the point and the exponent; NaN and infinities have other letters. */
function isOfNumber(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    byte === 46 ||
    byte === 45 ||
    byte === 43 ||
    byte === 101 ||
    byte === 69
  );
}

function endsValue(byte: number): boolean {
  return byte === lineFeed || byte === space || byte === tab || byte === carriageReturn;
}
