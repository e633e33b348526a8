import { formatDurationUs, US_PER_S } from '../core/time.ts';
import type { RunSummary } from './summary.ts';

/** What to say of a run that was not steady, and what to write: `optionOf` makes it of a time. */
export function unsteadyText(
  unsteady: NonNullable<RunSummary['unsteady']>,
  optionOf: (warmup: string) => string,
): string {
  if (unsteady.kind === 'drifting') {
    return 'latencies or the number of requests in the system still changed in the second half of the run, so that a longer run would show other figures. Take a longer one, or a lower rate.';
  }
  const warmup = formatDurationUs(Math.ceil(unsteady.untilUs / US_PER_S) * US_PER_S);
  return `it was not steady before ${warmup} of the run, and what is counted begins earlier. Write ${optionOf(warmup)}.`;
}
