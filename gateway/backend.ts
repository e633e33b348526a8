import type { ReplicaView } from '../strategies/strategy.ts';
import type { GatewayRequest } from './gateway-request.ts';

/**
 * The port under the gateway: whatever serves requests. It answers through the gateway's
 * `onFirstToken`, `onEnd` and `onError`; the tokens in between pass it by, because no decision
 * depends on them and there are hundreds for each request. `start` and `abort` return before any
 * answer comes.
 */
export interface Backend<Work> {
  start(request: GatewayRequest<Work>, replica: ReplicaView, nowUs: number): void;
  abort(request: GatewayRequest<Work>, replica: ReplicaView, nowUs: number): void;
}
