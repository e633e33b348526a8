import { formatDurationUs, US_PER_MS } from '../../core/time.ts';
import { countOf, formatNumber } from '../format.ts';
import { loadText } from '../load-text.ts';
import type { TrafficPreview } from './preview.ts';

/** "chat: poisson arrivals; load 0.75 = 25.7 requests/s of 34.2". */
export function entryLines({ entries }: TrafficPreview): string[] {
  return entries.map(({ arrivals, load, tenant }) => {
    return `${tenant}: ${arrivals}${load === null ? '' : `; ${loadText(load)}`}`;
  });
}

/** What the figures rest on. */
export function previewNotes(preview: TrafficPreview): string[] {
  const { all, answerTime, mostRequests, seed, shownUntilUs, untilUs } = preview;
  const notes = [
    `${countOf(all.requests, 'request')} of seed ${seed}, warm-up included`,
    ...(answerTime === null ? [] : [answerTimeText(answerTime)]),
  ];
  if (shownUntilUs < untilUs && all.requests >= mostRequests) {
    const cut = formatDurationUs(Math.round(shownUntilUs / 1e6) * 1e6);
    notes.push(
      `Cut after ${countOf(mostRequests, 'request')}, at ${cut} of ${formatDurationUs(untilUs)}`,
    );
  }
  return notes;
}

function answerTimeText({
  baseUs,
  group,
  perAnswerTokenUs,
  perPromptTokenUs,
}: NonNullable<TrafficPreview['answerTime']>): string {
  const ms = (us: number) => formatNumber(us / US_PER_MS);
  return `Who waits for an answer gets it as from an idle replica of ${group}: ${ms(baseUs)} ms, ${ms(perPromptTokenUs)} ms for each prompt token and ${ms(perAnswerTokenUs)} ms for each of the answer; a busy fleet is slower`;
}
