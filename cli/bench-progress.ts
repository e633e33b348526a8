import type { PlannedRun } from '../experiments/live/live-runs.ts';
import type { MeasuredRun } from '../experiments/live/measured-run.ts';
import { figuresLine, type LiveFigures } from '../loadgen/live-figures.ts';
import { formatMetric } from '../reports/format.ts';
import { startLoadProgress } from './load-progress.ts';

/** Which run of how many, how long all of it will still take, and a line for each that is done. */
export class BenchProgress {
  readonly #line = startLoadProgress();
  readonly #plannedMs: number;
  readonly #startedMs = performance.now();
  #run: PlannedRun | undefined = undefined;
  #runStartedMs = 0;

  /** How long a run should take, by the clock. */
  constructor(plannedMs: number) {
    this.#plannedMs = plannedMs;
  }

  begin(run: PlannedRun): void {
    this.#run = run;
    this.#runStartedMs = performance.now();
  }

  readonly update = (figures: LiveFigures): void => {
    this.#line.show(`${this.#head()}, ${this.#left()} left · ${figuresLine(figures)}`);
  };

  end({ facts, summary }: MeasuredRun): void {
    const { emulatorLagP99Ms, generatorLagP99Ms, invalid } = facts;
    const { counted } = summary.outcomes;
    const ttft = (['ttftP50Ms', 'ttftP99Ms'] as const).map((name) => {
      const value = summary.metrics[name];
      return value === null ? '–' : formatMetric(name, value);
    });
    const emulator = emulatorLagP99Ms === null ? '' : `, emulator ${emulatorLagP99Ms.toFixed(1)}`;
    const parts = [
      `${counted} requests`,
      `TTFT p50 ${ttft[0]} ms, p99 ${ttft[1]} ms`,
      `lag p99: generator ${generatorLagP99Ms.toFixed(1)}${emulator} ms`,
      ...(invalid.length > 0 ? ['INVALID'] : []),
    ];
    this.#line.stop();
    process.stderr.write(`${this.#head()}: ${parts.join(' · ')}\n`);
  }

  stop(): void {
    this.#line.stop();
  }

  #head(): string {
    const { contestant, number, of, seed } = this.#run!;
    return `run ${number} of ${of}, ${contestant.name}, seed ${seed}`;
  }

  /** By how long the runs before this one took, once there are some. */
  #left(): string {
    const nowMs = performance.now();
    const { number, of } = this.#run!;
    const before = number - 1;
    const runMs = before === 0 ? this.#plannedMs : (this.#runStartedMs - this.#startedMs) / before;
    const leftMs = (of - before) * runMs - (nowMs - this.#runStartedMs);
    const seconds = Math.max(0, Math.round(leftMs / 1_000));
    return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  }
}
