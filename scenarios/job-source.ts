import { assert } from '../core/assert.ts';
import { TimedQueue } from '../core/timed-queue.ts';
import type { ArrivalProcess } from './arrivals.ts';
import { type Job, type JobMaker, type JobRequest, tokensOf } from './jobs.ts';
import type { RequestMaker } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Share } from './share.ts';
import type { TenantSource } from './tenant-source.ts';

/** When jobs begin: by a process of their own, or each as another one ends. */
export type JobStarts =
  | { readonly kind: 'open'; readonly arrivals: ArrivalProcess }
  | {
      readonly kind: 'closed';
      readonly firstUs: readonly number[];
      /** Of all players together; of the jobs each draws all and begins those of its own users. */
      readonly users: number;
      readonly share: Share;
      /** Draws the pause before the next job of a user. */
      readonly nextPauseUs: () => number;
    };

/** A job that has begun, and how far it has come. */
interface RunningJob extends Job {
  readonly session: number;
  readonly tenant: number;
  readonly patienceUs: readonly (readonly number[])[];
  /** Before the user's next job; drawn with this one, so that it is the same whenever it ends. */
  readonly pauseUs: number;
  round: number;
  /** Requests of the present round without an outcome. */
  open: number;
}

interface Due {
  readonly job: RunningJob;
  readonly request: JobRequest;
  readonly patienceUs: number;
}

export interface JobSourceOptions {
  readonly starts: JobStarts;
  readonly jobs: JobMaker;
  readonly requests: RequestMaker;
  /** Sessions of this source are numbered from here; none where each request is a job. */
  readonly firstSession: number | undefined;
}

/**
 * The requests of jobs: conversations, visits, tasks. Most of them wait for others, so when they
 * come depends on the fleet; what they are does not, for all of a job is drawn when it begins.
 */
export class JobSource implements TenantSource {
  readonly #options: JobSourceOptions;
  /** Rounds, and in a closed loop the beginnings of jobs. */
  readonly #later = new TimedQueue<RunningJob | 'begin'>();
  #ready: Due[] = [];
  #readyUs = 0;
  #nextStartUs = Number.POSITIVE_INFINITY;
  readonly #running = new Map<number, RunningJob>();
  #sessions = 0;
  #begun = 0;

  constructor(options: JobSourceOptions) {
    this.#options = options;
    const { starts } = options;
    if (starts.kind === 'open') this.#nextStartUs = Math.round(starts.arrivals.nextUs());
    else for (const atUs of starts.firstUs) this.#later.push(atUs, 'begin');
  }

  get nextArrivalUs(): number {
    if (this.#ready.length > 0) return this.#readyUs;
    return Math.min(this.#nextStartUs, this.#later.nextUs);
  }

  next(id: number): RequestSpec {
    if (this.#ready.length === 0) this.#advance();
    const { job, patienceUs, request } = this.#ready.shift()!;
    this.#running.set(id, job);
    const { requests } = this.#options;
    const { round, rounds, session, tenant } = job;
    return requests.make({
      id,
      arrivalUs: this.#readyUs,
      tenant,
      session,
      turn: session === 0 ? 0 : round + 1,
      turns: session === 0 ? 0 : rounds.length,
      ...request,
      promptTokens: tokensOf(request.prompt),
      patienceUs,
    });
  }

  ended(id: number, nowUs: number): void {
    const job = this.#running.get(id);
    if (job === undefined) return;
    this.#running.delete(id);
    job.open -= 1;
    if (job.open > 0) return;
    job.round += 1;
    const next = job.rounds[job.round];
    if (next !== undefined) this.#later.push(nowUs + next.waitUs, job);
    else if (this.#options.starts.kind === 'closed') this.#later.push(nowUs + job.pauseUs, 'begin');
  }

  /** Makes ready what comes next. */
  #advance(): void {
    this.#readyUs = this.nextArrivalUs;
    let job: RunningJob | 'begin' | undefined = 'begin';
    if (this.#nextStartUs <= this.#later.nextUs) this.#scheduleStart();
    else job = this.#later.pop();
    if (job === 'begin') job = this.#beginOwn();
    assert(job !== undefined, 'somebody waits for a request of a source that has none');
    const { patienceUs, round, rounds } = job;
    job.open = rounds[round]!.requests.length;
    for (const [index, request] of rounds[round]!.requests.entries()) {
      this.#ready.push({ job, request, patienceUs: patienceUs[round]![index]! });
    }
  }

  #scheduleStart(): void {
    const { starts } = this.#options;
    if (starts.kind === 'open') this.#nextStartUs = Math.round(starts.arrivals.nextUs());
  }

  #beginOwn(): RunningJob {
    const { starts } = this.#options;
    if (starts.kind === 'closed') {
      const { share, users } = starts;
      // Each user in turn, as if all took equally long.
      while ((this.#begun % users) % share.of !== share.index) this.#begin();
    }
    return this.#begin();
  }

  #begin(): RunningJob {
    this.#begun += 1;
    const { firstSession, jobs, requests, starts } = this.#options;
    const tenant = requests.nextTenant(this.#readyUs);
    const { rounds } = jobs.next(tenant);
    return {
      rounds,
      tenant,
      session: firstSession === undefined ? 0 : firstSession + this.#sessions++,
      patienceUs: rounds.map((round) => round.requests.map(() => requests.nextPatienceUs())),
      pauseUs: starts.kind === 'closed' ? starts.nextPauseUs() : 0,
      round: 0,
      open: 0,
    };
  }
}
