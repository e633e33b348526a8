import { randomStream } from '../../core/random.ts';
import type { OutsideChange, ReplicaChange } from '../../scenarios/fleet-timeline.ts';
import {
  createEndpoint,
  type EndpointOptions,
  type EndpointWorld,
} from '../endpoints/create-endpoint.ts';
import type { Endpoint, EndpointListener } from '../endpoints/endpoint.ts';
import type { KvEventLog } from '../kv-events/kv-event-log.ts';
import type { Gauges } from '../replica/engine.ts';
import { NetworkedEndpoint } from './networked-endpoint.ts';
import { PacedStepTime } from './paced-step-time.ts';
import { ReportedMetrics } from './reported-metrics.ts';
import { RestartingEndpoint } from './restarting-endpoint.ts';

export interface FaultyReplicaOptions extends EndpointOptions {
  readonly isUp: boolean;
  /** Its machine may be switched off and on at any time. */
  readonly isScaled: boolean;
  /** All that will happen to it. */
  readonly changes: readonly ReplicaChange[];
  readonly seed: number;
  readonly kvEvents: KvEventLog | undefined;
}

/**
 * A replica to which something happens. Around its engines there are only the layers that its
 * changes need: gateway → network → restarts → engines.
 */
export class FaultyReplica {
  readonly endpoint: Endpoint;
  readonly #pace: PacedStepTime;
  #restarting: RestartingEndpoint | undefined = undefined;
  #network: NetworkedEndpoint | undefined = undefined;
  readonly #metrics: ReportedMetrics;
  readonly #kvEvents: KvEventLog | undefined;

  constructor(options: FaultyReplicaOptions, world: EndpointWorld) {
    const { changes, config, isScaled, isUp, kvEvents, name, seed } = options;
    const { listener, simulation } = world;
    const happens = (...kinds: ReplicaChange['kind'][]) =>
      changes.some(({ kind }) => kinds.includes(kind));
    this.#kvEvents = kvEvents;
    this.#pace = new PacedStepTime(config.stepTime);
    const stepTime = happens('pace') ? this.#pace : config.stepTime;
    const paced = { ...options, config: { ...config, stepTime } };

    let create = (answers: EndpointListener): Endpoint =>
      createEndpoint(paced, { ...world, listener: answers, blocks: kvEvents?.nextLife() });
    if (isScaled || happens('down', 'loading', 'up', 'off')) {
      const createEngine = create;
      const starts = (isUp ? 1 : 0) + changes.filter(({ kind }) => kind === 'up').length;
      const rest = { name, simulation, starts, isUp, createEndpoint: createEngine };
      create = (answers) => {
        this.#restarting = new RestartingEndpoint({ ...rest, listener: answers });
        return this.#restarting;
      };
    }
    if (happens('network')) {
      const random = randomStream(seed, `network/${name}`);
      this.#network = new NetworkedEndpoint({
        listener,
        simulation,
        random,
        createEndpoint: create,
      });
    }
    this.endpoint = this.#network ?? create(listener);
    this.#metrics = new ReportedMetrics(() => this.endpoint.snapshot());
  }

  /** What its `/metrics` says to whoever asks; undefined when no answer comes. */
  get gauges(): Gauges | undefined {
    return this.#metrics.gauges;
  }

  apply(change: OutsideChange, nowUs: number): void {
    switch (change.kind) {
      case 'pace':
        this.endpoint.beforeNewPace(nowUs);
        this.#pace.factor = change.factor;
        break;
      case 'metrics':
        this.#metrics.change(change.mode);
        break;
      case 'network':
        this.#network?.change(change, nowUs);
        break;
      case 'down':
        this.#restarting?.crash(change.mode, nowUs);
        break;
      case 'up':
        this.#kvEvents?.restart();
        this.#restarting?.start(nowUs);
        break;
      case 'loading':
      case 'off':
        this.#restarting?.refuse(nowUs);
        break;
    }
  }
}
