import type { Attempt } from '../attempt.ts';
import type { Verdict } from '../attempt-watcher.ts';
import type { GatewayRequest } from '../gateway-request.ts';
import type { QueuePolicy } from '../policy.ts';
import type { RequestQueue } from './request-queue.ts';
import { type Entry, TenantLine } from './tenant-line.ts';

/**
 * Chooses between tenants by fairness, and among the requests of one by an ordering. Without
 * fairness all stand in one line; priorities are strict, also between tenants.
 */
export class FairQueue<Work> implements RequestQueue<Work> {
  readonly #policy: Pick<QueuePolicy, 'fairness' | 'ordering'>;
  readonly #lines = new Map<string, TenantLine<Work>>();
  /** Those in which somebody waits; the next one's turn first. */
  #busy: TenantLine<Work>[] = [];
  #order = 0;
  /** Service of the tenant whose line was the last to become empty. */
  #lastLeft = 0;
  #length = 0;

  constructor(policy: Pick<QueuePolicy, 'fairness' | 'ordering'>) {
    this.#policy = policy;
  }

  get length(): number {
    return this.#length;
  }

  add(request: GatewayRequest<Work>): void {
    this.#put({ request, key: keyOf(request, this.#policy.ordering), order: this.#order++ }, true);
  }

  remove(request: GatewayRequest<Work>): void {
    const line = this.#lineOf(request);
    if (line.remove(request)) this.#left(line);
  }

  offer(take: (request: GatewayRequest<Work>) => boolean, isOpen: () => boolean): void {
    const passedOver: Entry<Work>[] = [];
    while (this.#length > 0 && isOpen()) {
      const entry = this.#next();
      if (!take(entry.request)) passedOver.push(entry);
    }
    for (const entry of passedOver) this.#put(entry, false);
  }

  clear(): void {
    for (const line of this.#busy) line.clear();
    this.#busy = [];
    this.#length = 0;
  }

  /** A prompt is charged when it goes out, however often it does. */
  dispatched({ request }: Attempt<Work>): void {
    if (request.attempts > 1) return;
    this.#lineOf(request).served += request.promptTokens;
  }

  /** A token of an answer is twice the work of one of a prompt, as in VTC. */
  ended({ request }: Attempt<Work>, _verdict: Verdict, _nowUs: number, outputTokens: number): void {
    if (!Number.isNaN(outputTokens)) this.#lineOf(request).served += 2 * outputTokens;
  }

  #put(entry: Entry<Work>, isNew: boolean): void {
    const line = this.#lineOf(entry.request);
    if (line.length === 0) {
      if (isNew) this.#lift(line);
      this.#busy.push(line);
    }
    line.add(entry);
    this.#length += 1;
  }

  /**
   * Who has not waited for a while gets no credit for it ("Fairness in Serving Large Language
   * Models", Sheng et al., OSDI 2024, algorithm 2).
   */
  #lift(line: TenantLine<Work>): void {
    const least = this.#busy.reduce((low, { served }) => Math.min(low, served), Infinity);
    line.served = Math.max(line.served, this.#busy.length === 0 ? this.#lastLeft : least);
  }

  #next(): Entry<Work> {
    const line = this.#choose();
    const entry = line.shift();
    this.#left(line);
    if (line.length > 0 && this.#policy.fairness === 'round-robin') {
      this.#busy = [...this.#busy.filter((other) => other !== line), line];
    }
    return entry;
  }

  #left(line: TenantLine<Work>): void {
    this.#length -= 1;
    if (line.length > 0) return;
    this.#busy = this.#busy.filter((other) => other !== line);
    this.#lastLeft = line.served;
  }

  #choose(): TenantLine<Work> {
    const { fairness, ordering } = this.#policy;
    let best = this.#busy[0]!;
    for (const line of this.#busy) {
      const byPriority = ordering === 'priority' ? line.head.key - best.head.key : 0;
      const byService = fairness === 'vtc' ? line.served - best.served : 0;
      if (byPriority < 0 || (byPriority === 0 && byService < 0)) best = line;
    }
    return best;
  }

  #lineOf({ tenant }: GatewayRequest<Work>): TenantLine<Work> {
    const name = this.#policy.fairness === 'none' ? '' : tenant;
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = new TenantLine();
      this.#lines.set(name, line);
    }
    return line;
  }
}

/** Lower goes first. */
function keyOf(request: GatewayRequest<unknown>, ordering: QueuePolicy['ordering']): number {
  if (ordering === 'edf') return request.arrivalUs + request.limits.ttftUs;
  return ordering === 'priority' ? request.priority : 0;
}
