import type {
  AttemptEnd,
  KvEvent,
  Pick,
  ReplicaView,
  RequestView,
  Strategy,
} from '../../strategies/strategy.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What a strategy was told or asked, with all that it could see at that moment. */
export interface Call {
  readonly nowUs: number;
  /** Replicas that look other than at the call before: a strategy may remember any of its views. */
  readonly changed: readonly ReplicaView[];
  readonly replica: number;
  readonly request: number;
  readonly attempts: number;
  readonly told: Told;
}

type Told =
  | { readonly kind: 'pick'; readonly among: readonly number[]; readonly picked: number | string }
  | { readonly kind: 'onDispatched' | 'onFirstToken' | 'onJoined' | 'onLeft' | 'onReported' }
  | { readonly kind: 'onEnded'; readonly end: AttemptEnd }
  | { readonly kind: 'onKvEvent'; readonly event: KvEvent };

interface Moment {
  readonly request?: RequestView;
  readonly replica?: ReplicaView;
  readonly told: Told;
  readonly nowUs: number;
}

/** The decision log of one strategy at one gateway. */
export class PlayedCalls {
  readonly all: Call[] = [];
  readonly #requests = new Map<RequestView, number>();
  readonly #copies: Writable<RequestView>[] = [];
  /** Every replica it has ever been shown, and how that looked at the last call. */
  readonly #shown: ReplicaView[] = [];
  readonly #looks: ReplicaView[] = [];

  /** The same strategy, with everything that passes written down. */
  of(strategy: Strategy): Strategy {
    return {
      pick: (request, candidates, nowUs) => {
        for (const candidate of candidates) this.#shown[candidate.index] = candidate;
        const among = candidates.map(({ index }) => index);
        // It is looked at before anybody changes anything.
        const before = this.#look({ request, told: { kind: 'pick', among, picked: '' }, nowUs });
        const pick = strategy.pick(request, candidates, nowUs);
        this.all.push({ ...before, told: { kind: 'pick', among, picked: nameOf(pick) } });
        return pick;
      },
      onDispatched: (request, replica, nowUs) => {
        this.#write({ request, replica, told: { kind: 'onDispatched' }, nowUs });
        strategy.onDispatched?.(request, replica, nowUs);
      },
      onFirstToken: (request, replica, nowUs) => {
        this.#write({ request, replica, told: { kind: 'onFirstToken' }, nowUs });
        strategy.onFirstToken?.(request, replica, nowUs);
      },
      onEnded: (request, replica, end, nowUs) => {
        this.#write({ request, replica, told: { kind: 'onEnded', end: { ...end } }, nowUs });
        strategy.onEnded?.(request, replica, end, nowUs);
      },
      onJoined: (replica, nowUs) => {
        this.#write({ replica, told: { kind: 'onJoined' }, nowUs });
        strategy.onJoined?.(replica, nowUs);
      },
      onLeft: (replica, nowUs) => {
        this.#write({ replica, told: { kind: 'onLeft' }, nowUs });
        strategy.onLeft?.(replica, nowUs);
      },
      onReported: (replica, nowUs) => {
        this.#write({ replica, told: { kind: 'onReported' }, nowUs });
        strategy.onReported?.(replica, nowUs);
      },
      onKvEvent: (replica, event, nowUs) => {
        const copy = { ...event, hashes: event.hashes.slice() };
        this.#write({ replica, told: { kind: 'onKvEvent', event: copy }, nowUs });
        strategy.onKvEvent?.(replica, event, nowUs);
      },
    };
  }

  /** Tells and asks a fresh one the same, and throws at the first pick that is another. */
  replay(strategy: Strategy): void {
    const views: ReplicaView[] = [];
    for (const [index, call] of this.all.entries()) {
      for (const then of call.changed) {
        views[then.index] = Object.assign(views[then.index] ?? {}, then);
      }
      const request = this.#copies[call.request]!;
      if (request !== undefined) request.attempts = call.attempts;
      const picked = tell(strategy, call, { request, views });
      const { told } = call;
      if (told.kind !== 'pick' || told.picked === picked) continue;
      const where = `call ${index} of the log, request ${request.id}`;
      throw new Error(`invariant 10: ${where}: picked ${told.picked}, and again ${picked}`);
    }
  }

  #write(moment: Moment): void {
    this.all.push(this.#look(moment));
  }

  #look({ nowUs, replica, request, told }: Moment): Call {
    if (replica !== undefined) this.#shown[replica.index] = replica;
    return {
      told,
      nowUs,
      request: request === undefined ? -1 : this.#numberOf(request),
      attempts: request?.attempts ?? 0,
      replica: replica?.index ?? -1,
      changed: this.#changed(),
    };
  }

  #changed(): ReplicaView[] {
    const changed: ReplicaView[] = [];
    for (const view of this.#shown) {
      if (view === undefined || looksLike(this.#looks[view.index], view)) continue;
      const copy = copyOf(view);
      this.#looks[view.index] = copy;
      changed.push(copy);
    }
    return changed;
  }

  #numberOf(request: RequestView): number {
    const known = this.#requests.get(request);
    if (known !== undefined) return known;
    const number = this.#copies.length;
    this.#requests.set(request, number);
    this.#copies.push(copyOfRequest(request));
    return number;
  }
}

interface Props {
  readonly request: RequestView;
  readonly views: readonly ReplicaView[];
}

function tell(
  strategy: Strategy,
  { nowUs, replica: index, told }: Call,
  { request, views }: Props,
): number | string | undefined {
  const replica = views[index]!;
  switch (told.kind) {
    case 'pick': {
      const candidates = told.among.map((each) => views[each]!);
      return nameOf(strategy.pick(request, candidates, nowUs));
    }
    case 'onDispatched':
    case 'onFirstToken':
      strategy[told.kind]?.(request, replica, nowUs);
      break;
    case 'onEnded':
      strategy.onEnded?.(request, replica, told.end, nowUs);
      break;
    case 'onKvEvent':
      strategy.onKvEvent?.(replica, told.event, nowUs);
      break;
    default:
      strategy[told.kind]?.(replica, nowUs);
  }
  return undefined;
}

function nameOf(pick: Pick): number | string {
  return typeof pick === 'string' ? pick : pick.index;
}

function looksLike(before: ReplicaView | undefined, now: ReplicaView): boolean {
  return (
    before !== undefined &&
    before.inFlight === now.inFlight &&
    before.inFlightPromptTokens === now.inFlightPromptTokens &&
    before.awaiting === now.awaiting &&
    before.awaitingPromptTokens === now.awaitingPromptTokens &&
    before.weight === now.weight &&
    before.joinedUs === now.joinedUs &&
    before.reported.sentSince === now.reported.sentSince &&
    before.reported.endedSince === now.reported.endedSince &&
    Object.is(before.reported.sampledAtUs, now.reported.sampledAtUs)
  );
}

/** What a log of a live gateway can hold, and nothing else: no object of the gateway's own. */
function copyOf(view: ReplicaView): ReplicaView {
  const { awaiting, awaitingPromptTokens, group, inFlight, inFlightPromptTokens } = view;
  const { index, joinedUs, kvTokens, maxNumSeqs, name, reported, weight } = view;
  const { endedSince, kvUsage, running, sampledAtUs, waiting } = reported;
  const { sentPromptTokensSince, sentSince } = reported;
  return {
    ...{ index, name, group, weight, joinedUs, maxNumSeqs, kvTokens },
    ...{ inFlight, inFlightPromptTokens, awaiting, awaitingPromptTokens },
    reported: {
      ...{ sampledAtUs, waiting, running, kvUsage },
      ...{ sentSince, sentPromptTokensSince, endedSince },
    },
  };
}

function copyOfRequest(view: RequestView): Writable<RequestView> {
  const { adapter, arrivalUs, attempts, id, limits, priority, promptTokens } = view;
  const { prefixHashes, session, tenant, tier, turn } = view;
  return {
    ...{ id, tenant, tier, session, turn, arrivalUs, promptTokens, priority, adapter },
    ...{ attempts, limits: { ...limits }, prefixHashes: prefixHashes.slice() },
  };
}
