import type { Attempt } from '../attempt.ts';
import type { Verdict } from '../attempt-watcher.ts';
import type { GatewayRequest } from '../gateway-request.ts';
import type { QueuePolicy } from '../policy.ts';
import type { RequestQueue } from './request-queue.ts';
import { type Entry, TenantLine } from './tenant-line.ts';

type FairQueuePolicy = Pick<QueuePolicy, 'fairness' | 'ordering' | 'weights'>;

/**
 * Chooses between tenants by fairness, and among the requests of one by an ordering. Without
 * fairness all stand in one line; priorities are strict, also between tenants.
 */
export class FairQueue<Work> implements RequestQueue<Work> {
  readonly #policy: FairQueuePolicy;
  readonly #lines = new Map<string, TenantLine<Work>>();
  /** Those in which somebody waits; the next one's turn first. */
  #busy: TenantLine<Work>[] = [];
  #order = 0;
  /** The line that was the last to become empty. */
  #lastLeft: TenantLine<Work> | undefined = undefined;
  #length = 0;

  constructor(policy: FairQueuePolicy) {
    this.#policy = policy;
  }

  get length(): number {
    return this.#length;
  }

  add(request: GatewayRequest<Work>): void {
    const line = this.#lineOf(request);
    if (line.length === 0) {
      this.#lift(line);
      this.#busy.push(line);
    }
    line.add({ request, key: keyOf(request, this.#policy.ordering), order: this.#order++ });
    this.#length += 1;
  }

  remove(request: GatewayRequest<Work>): void {
    const line = this.#lineOf(request);
    if (!line.remove(request)) return;
    this.#length -= 1;
    if (line.length === 0) this.#lastLeft = line;
    this.#dropIdle();
  }

  offer(take: (request: GatewayRequest<Work>) => boolean, isOpen: () => boolean): void {
    const passedOver: Entry<Work>[] = [];
    while (this.#length > 0 && isOpen()) {
      const line = this.#choose();
      const entry = line.shift();
      this.#length -= 1;
      if (take(entry.request)) this.#hadATurn(line);
      else passedOver.push(entry);
    }
    for (const entry of passedOver) this.#lineOf(entry.request).add(entry);
    this.#length += passedOver.length;
    this.#dropIdle();
  }

  clear(): void {
    for (const line of this.#busy) line.clear();
    this.#busy = [];
    this.#length = 0;
  }

  /** A prompt is charged when it goes out, however often it does. */
  dispatched({ request }: Attempt<Work>): void {
    if (request.attempts > 1) return;
    this.#charge(request, request.promptTokens);
  }

  /** A token of an answer is twice the work of one of a prompt, as in VTC. */
  ended({ request }: Attempt<Work>, _verdict: Verdict, _nowUs: number, outputTokens: number): void {
    if (!Number.isNaN(outputTokens)) this.#charge(request, 2 * outputTokens);
  }

  #charge(request: GatewayRequest<Work>, tokens: number): void {
    const weight = this.#policy.weights?.get(request.tier ?? 'default') ?? 1;
    this.#lineOf(request).served += tokens / weight;
  }

  /**
   * Who has not waited for a while gets no credit for it ("Fairness in Serving Large Language
   * Models", Sheng et al., OSDI 2024, algorithm 2).
   */
  #lift(line: TenantLine<Work>): void {
    const least = this.#busy.reduce((low, { served }) => Math.min(low, served), Infinity);
    const floor = this.#busy.length > 0 ? least : (this.#lastLeft?.served ?? 0);
    line.served = Math.max(line.served, floor);
  }

  #hadATurn(line: TenantLine<Work>): void {
    if (line.length === 0) this.#lastLeft = line;
    if (this.#policy.fairness !== 'round-robin') return;
    this.#busy = [...this.#busy.filter((other) => other !== line), line];
  }

  #dropIdle(): void {
    if (this.#busy.some(({ length }) => length === 0)) {
      this.#busy = this.#busy.filter(({ length }) => length > 0);
    }
  }

  #choose(): TenantLine<Work> {
    const { fairness, ordering } = this.#policy;
    let best = this.#busy.find(({ length }) => length > 0)!;
    for (const line of this.#busy) {
      if (line.length === 0) continue;
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
