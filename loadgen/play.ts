import { GapHistogram } from '../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import type { Outcome } from '../core/request-record.ts';
import { US_PER_S } from '../core/time.ts';
import type { RequestSource } from '../scenarios/request-stream.ts';
import { Clients, type ClientsListener } from './clients.ts';
import { HttpClient } from './http/http-client.ts';
import type { Target } from './http/target.ts';
import type { LiveCall } from './live-call.ts';
import { LiveFigures } from './live-figures.ts';
import { LiveLog } from './live-log.ts';
import type { LiveRun } from './live-run.ts';
import { ThreadPacer } from './pacing/pacer.ts';
import { HighResolutionClock } from './pacing/run-clock.ts';
import { TimeScale } from './pacing/time-scale.ts';
import type { Api, RequestWriter } from './request/request-writer.ts';

export interface PlayOptions {
  readonly stream: RequestSource;
  readonly target: Target;
  readonly writer: Pick<RequestWriter, 'write'>;
  readonly api: Api;
  /** In scenario time. */
  readonly warmupUs: number;
  readonly durationUs: number;
  readonly timeScale: number;
  readonly mostRequests: number;
  /** The first abort asks for an early end. */
  readonly signal?: AbortSignal;
  readonly onFigures?: (figures: LiveFigures) => void;
  /** Of a run that several threads play together. */
  readonly together?: Together;
}

/** One of several who play: none stops before all have what counts. */
export interface Together {
  /** By the clock that all threads share. */
  readonly startNs: bigint;
  /** Told once when all that counts here has ended. */
  readonly onSettled: () => void;
  /** Aborted when it has for all. */
  readonly allSettled: AbortSignal;
}

/** As in a simulation: counted requests are waited for so long, in scenario time. */
const longestDrainUs = 600 * US_PER_S;
/** After an interruption, what is on its way has so long. */
const graceMs = 2_000;
const figuresEveryMs = 250;
/** The first requests are written before time 0. */
const headStartNs = 100_000_000n;

/** Plays the traffic of a scenario against a live server and records what it sees. */
export function play(options: PlayOptions): Promise<LiveRun> {
  return new Promise((resolve) => new LivePlay(options, resolve).start());
}

class LivePlay implements ClientsListener {
  readonly #options: PlayOptions;
  readonly #resolve: (run: LiveRun) => void;
  readonly #clock: HighResolutionClock;
  readonly #begunUs: number;
  /** At time 0. */
  readonly #startedAtS: number;
  readonly #scale: TimeScale;
  readonly #window: MeasuredWindow;
  readonly #results: LiveLog;
  readonly #gaps = new GapHistogram();
  readonly #figures = new LiveFigures();
  readonly #http: HttpClient;
  readonly #pacer: ThreadPacer;
  readonly #clients: Clients;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #cpu = process.cpuUsage();
  readonly #loop = performance.eventLoopUtilization();
  #isSettled = false;
  #interruptedUs: number | undefined = undefined;

  constructor(options: PlayOptions, resolve: (run: LiveRun) => void) {
    const { api, durationUs, mostRequests, stream, target, timeScale, warmupUs, writer } = options;
    this.#options = options;
    this.#resolve = resolve;
    const startNs = options.together?.startNs ?? process.hrtime.bigint() + headStartNs;
    this.#clock = new HighResolutionClock(startNs);
    this.#begunUs = this.#clock.nowUs();
    this.#startedAtS = Date.now() / 1_000 - this.#begunUs / US_PER_S;
    this.#scale = new TimeScale(timeScale);
    const fromUs = this.#scale.clockUs(warmupUs);
    this.#window = { fromUs, untilUs: fromUs + this.#scale.clockUs(durationUs) };
    this.#results = new LiveLog(this.#window);
    this.#http = new HttpClient(target, this.#clock);
    this.#pacer = new ThreadPacer(this.#clock, () => this.#clients.wake());
    this.#clients = new Clients({
      ...{ api, mostRequests, stream, writer, listener: this },
      ...{ clock: this.#clock, http: this.#http, pacer: this.#pacer },
      ...{ scale: this.#scale, window: this.#window },
    });
  }

  start(): void {
    const { onFigures, signal, together } = this.#options;
    const hardEndUs = this.#window.untilUs + this.#scale.clockUs(longestDrainUs);
    this.#timers.push(setTimeout(() => this.#close(), Math.min(hardEndUs / 1_000, 2 ** 31 - 1)));
    if (onFigures !== undefined) {
      this.#timers.push(setInterval(() => onFigures(this.#current()), figuresEveryMs));
    }
    signal?.addEventListener('abort', this.#interrupt, { once: true });
    together?.allSettled.addEventListener('abort', () => this.#clients.wake(), { once: true });
    if (signal?.aborted) this.#interrupt();
    else this.#clients.start();
  }

  onSent({ intendedUs }: LiveCall, lagUs: number): void {
    this.#figures.onSent(lagUs, inWindow(this.#window, intendedUs));
  }

  onFirstToken({ intendedUs }: LiveCall, nowUs: number): void {
    this.#figures.ttft.record(Math.max(0, nowUs - intendedUs), 1);
  }

  onGap(gapUs: number, nowUs: number): void {
    if (inWindow(this.#window, nowUs)) this.#gaps.record(gapUs, 1);
  }

  onResult(call: LiveCall, outcome: Outcome): void {
    this.#figures.done += 1;
    if (outcome !== 'ok' && outcome !== 'cancelled') this.#figures.errors += 1;
    this.#results.add(call, outcome);
  }

  onSettled(): boolean {
    const { together } = this.#options;
    if (together === undefined) return true;
    if (!this.#isSettled) together.onSettled();
    this.#isSettled = true;
    return together.allSettled.aborted;
  }

  onOver(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener('abort', this.#interrupt);
    this.#pacer.stop();
    // Those that nobody counts any more.
    this.#clients.close();
    this.#http.close();
    this.#resolve(this.#run());
  }

  readonly #interrupt = (): void => {
    this.#interruptedUs = this.#clock.nowUs();
    this.#timers.push(setTimeout(() => this.#close(), graceMs));
    this.#clients.stop();
  };

  #close(): void {
    this.#clients.close();
  }

  #current(): LiveFigures {
    this.#figures.inFlight = this.#clients.inFlight;
    return this.#figures;
  }

  #run(): LiveRun {
    const { failures, lengths, log, refused, tokens } = this.#results;
    const { judgedLag: lag, sent } = this.#figures;
    const nowUs = this.#clock.nowUs();
    const { system, user } = process.cpuUsage(this.#cpu);
    const endsUs = Math.min(this.#window.untilUs, this.#interruptedUs ?? nowUs);
    return {
      ...{ log, refused, lengths, tokens, sent, gaps: this.#gaps },
      window: { fromUs: this.#window.fromUs, untilUs: Math.max(endsUs, this.#window.fromUs + 1) },
      replicas: replicaNames(log).map((name) => ({ name })),
      ...{ lag, timeScale: this.#scale.factor },
      failures: [...failures.values()].sort((a, b) => b.requests - a.requests),
      cpuShare: (system + user) / (nowUs - this.#begunUs),
      busyShare: performance.eventLoopUtilization(this.#loop).utilization,
      isInterrupted: this.#interruptedUs !== undefined,
      startedAtS: this.#startedAtS,
    };
  }
}

function replicaNames(log: RecordLog): string[] {
  const names = new Set<string>();
  for (let row = 0; row < log.length; row++) names.add(log.text('replica', row));
  names.delete('');
  return [...names].sort();
}
