import { countOf, formatCount, formatNumber } from '../format.ts';
import { bar, type Canvas } from './canvas.ts';
import type { HistogramBin, LengthFacts, TrafficFacts } from './preview.ts';

/** How long prompts and answers are: a bar for each doubling, side by side. */
export function lengthsText({ answer, prompt }: TrafficFacts, canvas: Canvas): string[] {
  const room = Math.max(34, Math.floor((canvas.width - 6) / 2));
  const [left, right] = [
    block('Prompt', prompt, room, canvas),
    block('Answer', answer, room, canvas),
  ];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, line) =>
    `  ${(left[line] ?? '').padEnd(room)}  ${right[line] ?? ''}`.trimEnd(),
  );
}

function block(what: string, facts: LengthFacts, room: number, canvas: Canvas): string[] {
  const bins = octaves(facts.histogram);
  const labels = bins.map((bin) => rangeText(bin, canvas));
  const width = Math.max(...labels.map(({ length }) => length), 0);
  const most = Math.max(...bins.map(({ share }) => share), Number.MIN_VALUE);
  const barRoom = Math.max(4, room - width - 9);
  const drawn = bins.map(({ share }, index) => {
    const percent = `${(share * 100).toFixed(1)} %`.padStart(7);
    return `${labels[index]!.padStart(width)} ${percent} ${bar((share / most) * barRoom, canvas)}`;
  });
  const head = `${what} tokens: mean ${whole(facts.mean)}, max ${whole(facts.max)}`;
  return [head, quantiles(facts), ...drawn];
}

function quantiles({ p50, p90, p99 }: LengthFacts): string {
  return `p50 ${whole(p50)}, p90 ${whole(p90)}, p99 ${whole(p99)}`;
}

function whole(value: number): string {
  return formatCount(Math.round(value));
}

/** The bins of a histogram, those of a doubling together. */
function octaves(histogram: readonly HistogramBin[]): HistogramBin[] {
  const merged = new Map<number, HistogramBin>();
  for (const { from, share, until } of histogram) {
    const octave = Math.floor(Math.log2(from));
    const before = merged.get(octave);
    const first = before?.from ?? from;
    merged.set(octave, { from: first, until, share: (before?.share ?? 0) + share });
  }
  return [...merged.values()];
}

function rangeText({ from, until }: HistogramBin, { blocks }: Canvas): string {
  if (until - from === 1) return whole(from);
  return [from, until - 1].map(whole).join(blocks ? '–' : '-');
}

/** What prompts share, and which requests belong together, in a line each. */
export function sharingLines({ reusedShare, sessions }: TrafficFacts): string[] {
  const reused = `Shared prefixes: a cache without an end would find ${(reusedShare * 100).toFixed(1)} % of the prompt tokens`;
  if (sessions === null) return [reused];
  const { count, followUpShare, requestsMax, requestsMean } = sessions;
  const size = `${formatNumber(requestsMean)} requests each on average, ${whole(requestsMax)} at most`;
  const follow = `${(followUpShare * 100).toFixed(1)} % of the requests follow an answer`;
  return [reused, `Sessions: ${countOf(count, 'session')} begun, ${size}; ${follow}`];
}
