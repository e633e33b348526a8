import type { GapHistogram } from '../core/gap-histogram.ts';
import type { MeasuredWindow } from '../core/measured-window.ts';
import type { Backend } from '../gateway/backend.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import { engineConfig } from './replica/engine-config.ts';
import type { ReplicaListener, ReplicaOptions } from './replica/replica.ts';
import type { Sequence, SimulatedRequest } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';
import type { Simulation } from './simulation.ts';

export interface FleetOptions {
  readonly simulation: Simulation;
  readonly listener: ReplicaListener;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly createReplica: CreateReplica;
}

/** What a fleet wants of a replica; tests put a plainer one in its place. */
export interface FleetReplica {
  readonly name: string;
  readonly busyUs: number;
  readonly steps: number;
  add(request: SimulatedRequest, nowUs: number): void;
  abort(request: SimulatedRequest, nowUs: number): void;
  checkDrained(): void;
}

export type CreateReplica = (options: ReplicaOptions) => FleetReplica;

/** All simulated replicas of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  readonly replicas: readonly FleetReplica[];

  constructor(scenario: Scenario, { createReplica, ...options }: FleetOptions) {
    const model = scenarioModel(scenario);
    this.replicas = scenario.fleet.flatMap((group) => {
      const config = engineConfig(group, model);
      return replicaNames(group).map((name) => createReplica({ ...options, name, config }));
    });
  }

  start(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.replicas[index]!.add(request, nowUs);
  }

  abort(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.replicas[index]!.abort(request, nowUs);
  }
}

function replicaNames(group: Scenario['fleet'][number]): string[] {
  return Array.from({ length: group.replicas }, (_, index) => `${group.name}-${index + 1}`);
}
