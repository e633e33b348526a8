import type { Outcome } from '../../../core/request-record.ts';
import { Clients } from '../../../loadgen/clients.ts';
import { targetOf } from '../../../loadgen/http/target.ts';
import type { LiveCall } from '../../../loadgen/live-call.ts';
import { TimeScale } from '../../../loadgen/pacing/time-scale.ts';
import { RequestWriter } from '../../../loadgen/request/request-writer.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { allOfIt, type Share } from '../../../scenarios/share.ts';
import { SharedStream } from '../../../scenarios/shared-stream.ts';
import { ManualWorld, type ServerScript } from './manual-world.ts';

export interface Ended {
  readonly call: LiveCall;
  readonly outcome: Outcome;
}

export function plainWriter(options: Partial<ConstructorParameters<typeof RequestWriter>[0]> = {}) {
  return new RequestWriter({
    ...{ target: targetOf('http://127.0.0.1:1')!, api: 'completions', model: 'm', runSalt: 'test' },
    ...{ adapterModels: new Map(), apiKey: undefined, tenantKeys: new Map() },
    ...{ ignoresEos: true, asksForUsage: true },
    ...options,
  });
}

export interface ByHandOptions {
  readonly timeScale?: number;
  readonly mostUs?: number;
  readonly share?: Share;
}

/** Plays a scenario by a clock that is moved by hand, to its end. */
export function playByHand(
  scenario: Scenario,
  script: ServerScript,
  { mostUs, share = allOfIt, timeScale = 1 }: ByHandOptions = {},
) {
  const world = new ManualWorld(script);
  const ended: Ended[] = [];
  const lags: number[] = [];
  let isOver = false;
  const scale = new TimeScale(timeScale);
  const fromUs = scale.clockUs(scenario.warmupUs);
  const clients = new Clients({
    stream: new SharedStream(scenario, 1, share),
    ...{ http: world, pacer: world, clock: world, api: 'completions', writer: plainWriter() },
    scale,
    window: { fromUs, untilUs: fromUs + scale.clockUs(scenario.durationUs) },
    mostRequests: Number.POSITIVE_INFINITY,
    listener: {
      onSent: (_call, lagUs) => lags.push(lagUs),
      onFirstToken: () => {},
      onGap: () => {},
      onResult: (call, outcome) => ended.push({ call, outcome }),
      onOver: () => {
        isOver = true;
      },
    },
  });
  world.onAlarm = () => clients.wake();
  clients.start();
  world.runUntil(() => isOver, mostUs);
  return { clients, ended, isOver, lags, wire: world.wire };
}
