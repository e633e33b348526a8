import type { AttemptWatcher } from '../attempt-watcher.ts';
import type { GatewayRequest } from '../gateway-request.ts';

/** Requests that wait at the gateway: nobody can take them, or the strategy wants them to wait. */
export interface RequestQueue<Work> extends AttemptWatcher<Work> {
  readonly length: number;
  add(request: GatewayRequest<Work>): void;
  remove(request: GatewayRequest<Work>): void;
  /**
   * Offers each of them in its turn, for as long as `isOpen` says so. Who is not taken keeps his
   * place.
   */
  offer(take: (request: GatewayRequest<Work>) => boolean, isOpen: () => boolean): void;
  clear(): void;
}
