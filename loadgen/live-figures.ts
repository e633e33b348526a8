import { GapHistogram } from '../core/gap-histogram.ts';
import { type Lag, mostLagUs } from './live-run.ts';

/** What a person who watches a run wants to see, and what its validity is judged by. */
export class LiveFigures {
  sent = 0;
  done = 0;
  errors = 0;
  inFlight = 0;
  /** From the intended time on. */
  readonly ttft = new GapHistogram();
  /** Between the intended and the real time of sending. */
  readonly lag = new GapHistogram();
  /** Of requests that count. */
  readonly countedLag = new GapHistogram();
  lagMaxUs = 0;
  /** Sent later than the generator may be: of all, and of those that count. */
  late = 0;
  countedLate = 0;

  /** Of what counts, or of all where nothing did. */
  get judgedLag(): Lag {
    const isCounted = this.countedLag.count > 0;
    const lag = isCounted ? this.countedLag : this.lag;
    return {
      p50Us: lag.quantileUs(0.5) ?? 0,
      p99Us: lag.quantileUs(0.99) ?? 0,
      maxUs: this.lagMaxUs,
      late: isCounted ? this.countedLate : this.late,
      requests: lag.count,
    };
  }

  onSent(lagUs: number, isCounted: boolean): void {
    this.sent += 1;
    this.lag.record(lagUs, 1);
    const late = lagUs > mostLagUs ? 1 : 0;
    this.late += late;
    if (!isCounted) return;
    this.countedLate += late;
    this.countedLag.record(lagUs, 1);
    this.lagMaxUs = Math.max(this.lagMaxUs, lagUs);
  }
}

/** "1,204 sent, 1,100 done, 104 in flight, 0 errors · TTFT p50 41 ms, p99 120 ms · lag p99 0.3 ms". */
export function figuresLine({ done, errors, inFlight, lag, sent, ttft }: LiveFigures): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const counts = `${count(sent)} sent, ${count(done)} done, ${count(inFlight)} in flight, ${count(errors)} errors`;
  if (ttft.count === 0) return counts;
  const [p50, p99] = [ttft.quantileUs(0.5), ttft.quantileUs(0.99)].map(msText);
  return `${counts} · TTFT p50 ${p50}, p99 ${p99} · lag p99 ${msText(lag.quantileUs(0.99))}`;
}

export function msText(us: number | undefined): string {
  if (us === undefined) return '–';
  const ms = us / 1_000;
  return `${ms >= 100 ? Math.round(ms).toLocaleString('en-US') : ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
}
