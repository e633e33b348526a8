import { US_PER_S } from '../../core/time.ts';
import type { Attempt } from '../attempt.ts';
import type { AttemptWatcher, Verdict } from '../attempt-watcher.ts';
import type { MaxFailsPolicy } from '../policy.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { HealthPort } from './replica-health.ts';

/** The fields of the same names in nginx's `ngx_http_upstream_rr_peer_t`; whole seconds. */
interface Peer {
  fails: number;
  accessed: number;
  checked: number;
}

/**
 * `max_fails` and `fail_timeout` as nginx means them (`ngx_http_upstream_round_robin.c`, 1.22): a
 * replica with so many failures is left out until the timeout is over; then it gets one request per
 * timeout, and a success of one sent after the last failure's window clears the failures. Requests
 * that were given up or were the client's fault count as successes, and so do those that broke off
 * after their first token: nginx frees a peer with a state of 0 once a header was sent. A lone
 * replica is never left out.
 */
export class MaxFails<Work> implements AttemptWatcher<Work> {
  readonly #policy: MaxFailsPolicy;
  readonly #port: HealthPort;
  readonly #peers: Peer[];

  constructor(policy: MaxFailsPolicy, port: HealthPort) {
    this.#policy = policy;
    this.#port = port;
    this.#peers = port.replicas.map(newPeer);
  }

  joined({ index }: ReplicaState): void {
    this.#peers[index] = newPeer();
  }

  dispatched({ replica }: Attempt<Work>, nowUs: number): void {
    const peer = this.#peers[replica.index]!;
    const now = secondsOf(nowUs);
    if (now - peer.checked <= this.#policy.failTimeoutS) return;
    peer.checked = now;
    this.#review(replica, nowUs);
  }

  ended({ replica, request }: Attempt<Work>, verdict: Verdict, nowUs: number): void {
    const peer = this.#peers[replica.index]!;
    if (verdict === 'failed' && Number.isNaN(request.firstTokenUs)) {
      const now = secondsOf(nowUs);
      peer.fails += 1;
      peer.accessed = now;
      peer.checked = now;
    } else if (peer.accessed < peer.checked) {
      peer.fails = 0;
    }
    this.#review(replica, nowUs);
  }

  #review(replica: ReplicaState, nowUs: number): void {
    const { failTimeoutS, maxFails } = this.#policy;
    if (maxFails === 0 || this.#peers.length === 1) return;
    const { checked, fails } = this.#peers[replica.index]!;
    const isOut = fails >= maxFails && secondsOf(nowUs) - checked <= failTimeoutS;
    const wasOut = replica.isEjected;
    this.#port.bar(replica, 'isEjected', isOut);
    if (wasOut && !isOut && fails === 0) this.#port.onRecovered(replica, nowUs);
    if (!isOut) return;
    const backUs = (checked + failTimeoutS + 1) * US_PER_S;
    this.#port.timers.at(backUs, (thenUs) => {
      if (this.#peers[replica.index]!.checked === checked) this.#review(replica, thenUs);
    });
  }
}

function newPeer(): Peer {
  return { fails: 0, accessed: 0, checked: 0 };
}

function secondsOf(us: number): number {
  return Math.floor(us / US_PER_S);
}
