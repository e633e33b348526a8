import type {
  AttemptEnd,
  KvEvent,
  Pick,
  ReplicaView,
  RequestView,
  Strategy,
} from '../../strategies/strategy.ts';
import { type DecisionEntry, type Picked, requestsRemembered } from './entry.ts';
import { copyOfReplica, ReplicaLooks } from './replica-looks.ts';

/**
 * The same strategy, with everything that passes written down. Views are live objects, so they are
 * looked at before the strategy is called and before anybody changes anything.
 */
export class RecordedStrategy implements Strategy {
  readonly #strategy: Strategy;
  readonly #write: (entry: DecisionEntry) => void;
  readonly #looks = new ReplicaLooks();
  readonly #requests = new WeakMap<RequestView, number>();
  #described = 0;
  #candidates: readonly number[] = [];

  constructor(strategy: Strategy, write: (entry: DecisionEntry) => void) {
    this.#strategy = strategy;
    this.#write = write;
  }

  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): Pick {
    for (const candidate of candidates) this.#show(candidate);
    this.#tellCandidates(candidates);
    const before = this.#ofRequest(request, nowUs);
    let picked: Picked = -1;
    try {
      const pick = this.#strategy.pick(request, candidates, nowUs);
      picked = pickedOf(pick);
      return pick;
    } finally {
      // Also where it throws, which it may do again when it is asked again.
      this.#write({ kind: 'pick', ...before, picked });
    }
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const at = this.#show(replica);
    this.#write({ kind: 'dispatched', ...this.#ofRequest(request, nowUs), replica: at });
    this.#strategy.onDispatched?.(request, replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const at = this.#show(replica);
    this.#write({ kind: 'first-token', ...this.#ofRequest(request, nowUs), replica: at });
    this.#strategy.onFirstToken?.(request, replica, nowUs);
  }

  onEnded(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    const at = this.#show(replica);
    const copy = { ...end };
    this.#write({ kind: 'ended', ...this.#ofRequest(request, nowUs), replica: at, end: copy });
    this.#strategy.onEnded?.(request, replica, end, nowUs);
  }

  onJoined(replica: ReplicaView, nowUs: number): void {
    this.#write({ kind: 'joined', ...this.#ofReplica(replica, nowUs) });
    this.#strategy.onJoined?.(replica, nowUs);
  }

  onLeft(replica: ReplicaView, nowUs: number): void {
    this.#write({ kind: 'left', ...this.#ofReplica(replica, nowUs) });
    this.#strategy.onLeft?.(replica, nowUs);
  }

  onReported(replica: ReplicaView, nowUs: number): void {
    this.#write({ kind: 'reported', ...this.#ofReplica(replica, nowUs) });
    this.#strategy.onReported?.(replica, nowUs);
  }

  onKvEvent(replica: ReplicaView, event: KvEvent, nowUs: number): void {
    const copy = { kind: event.kind, hashes: event.hashes.slice() };
    this.#write({ kind: 'kv-event', ...this.#ofReplica(replica, nowUs), event: copy });
    this.#strategy.onKvEvent?.(replica, event, nowUs);
  }

  #ofReplica(replica: ReplicaView, nowUs: number) {
    const index = this.#show(replica);
    return { nowUs, changes: this.#looks.changes(), replica: index };
  }

  #ofRequest(request: RequestView, nowUs: number) {
    const number = this.#numberOf(request);
    const { attempts } = request;
    return { nowUs, changes: this.#looks.changes(), request: number, attempts };
  }

  #show(view: ReplicaView): number {
    if (this.#looks.show(view)) this.#write({ kind: 'replica', view: copyOfReplica(view) });
    return view.index;
  }

  #numberOf(request: RequestView): number {
    const known = this.#requests.get(request);
    if (known !== undefined && known > this.#described - requestsRemembered) return known;
    const number = ++this.#described;
    this.#requests.set(request, number);
    this.#write({ kind: 'request', request: number, view: copyOfRequest(request) });
    return number;
  }

  #tellCandidates(candidates: readonly ReplicaView[]): void {
    const before = this.#candidates;
    const isSame =
      before.length === candidates.length &&
      candidates.every(({ index }, at) => before[at] === index);
    if (isSame) return;
    this.#candidates = candidates.map(({ index }) => index);
    this.#write({ kind: 'candidates', replicas: this.#candidates });
  }
}

/** A strategy of the user's may return anything at all, which the gateway is about to say. */
export function pickedOf(pick: Pick): Picked {
  if (pick === 'hold' || pick === 'reject') return pick;
  const index = (pick as ReplicaView | undefined)?.index ?? -1;
  return Number.isInteger(index) && index >= 0 ? index : -1;
}

function copyOfRequest(view: RequestView): RequestView {
  const { adapter, arrivalUs, attempts, id, limits, priority, promptTokens } = view;
  const { prefixHashes, session, tenant, tier, turn } = view;
  const { e2eUs, tpotUs, ttftUs } = limits;
  return {
    ...{ id, tenant, tier, session, turn, arrivalUs, promptTokens, priority, adapter },
    ...{ attempts, limits: { ttftUs, tpotUs, e2eUs }, prefixHashes: prefixHashes.slice() },
  };
}
