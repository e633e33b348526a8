import type { FleetGroup } from '../scenarios/scenario.ts';
import type { Model } from '../sim/catalog/model.ts';
import { type EngineConfig, engineConfig } from '../sim/replica/engine-config.ts';
import { vllmProfiles } from '../sim/replica/vllm-profiles.ts';
import type { EnginePlayer } from './engine-player.ts';
import { KvEvents } from './kv-events.ts';
import { EngineFigures } from './metrics/engine-figures.ts';
import { PlayedEngine } from './played-engine.ts';
import type { PlayedRequest } from './played-request.ts';
import type { PromptPassages } from './tokens/prompt-passages.ts';

export interface EmulatedReplicaOptions {
  readonly name: string;
  readonly group: FleetGroup;
  readonly model: Model;
  /** What its clients call the model. */
  readonly modelName: string;
  readonly player: EnginePlayer;
  /** Equal tokens are equal passages on all replicas that share them. */
  readonly passagesOf: (blockSize: number) => PromptPassages;
}

/** A server of vLLM as its clients know it: an engine that may die and be started again. */
export class EmulatedReplica {
  readonly name: string;
  readonly modelName: string;
  readonly config: EngineConfig;
  readonly gpuMemoryUtilization: number;
  readonly vllmVersion: string;
  /** Of the engines that run at present. */
  figures: readonly EngineFigures[] = [];
  readonly passages: PromptPassages;
  readonly kvEvents: KvEvents;
  #engine: PlayedEngine;
  #isUp = true;
  readonly #options: EmulatedReplicaOptions;

  constructor(options: EmulatedReplicaOptions) {
    const { group, model, modelName, name } = options;
    this.#options = options;
    this.name = name;
    this.modelName = modelName;
    this.config = engineConfig(group, model);
    const { engine } = group;
    const profile = vllmProfiles[engine.vllmProfile];
    this.gpuMemoryUtilization = engine.gpuMemoryUtilization ?? profile.gpuMemoryUtilization;
    this.vllmVersion = `${group.engine.vllmProfile.replace('vllm-', '')}.0`;
    this.passages = options.passagesOf(this.config.blockSize);
    this.kvEvents = new KvEvents(this.config.blockSize, () => this.nowUs);
    this.#engine = this.#start();
  }

  get engine(): PlayedEngine {
    return this.#engine;
  }

  get nowUs(): number {
    return this.#options.player.clock.nowUs();
  }

  /**
   * The engine has it from the moment its bytes had come: what reading it costs a front end is in
   * the model of the API server already, and would count twice.
   */
  submit(request: PlayedRequest): void {
    const arrivalUs = Math.max(request.arrivalUs, this.#engine.playedUs);
    this.#play(this.nowUs, () => this.#engine.add(request, arrivalUs));
  }

  abort(request: PlayedRequest): void {
    const { nowUs } = this;
    this.#play(nowUs, () => this.#engine.abort(request, nowUs));
  }

  /** Until now, for whoever wants to read its figures. */
  catchUp(): void {
    this.#play(this.nowUs, () => {});
  }

  /** Steps take `factor` times as long, except those in flight. */
  changePace(factor: number): void {
    const { nowUs } = this;
    this.#play(nowUs, () => this.#engine.changePace(factor, nowUs));
  }

  /** The process dies with all that is in it, or hangs for good: nothing is heard of it. */
  halt(): void {
    this.#isUp = false;
    this.#options.player.remove(this.#engine);
  }

  /** A new process, with an empty cache and all figures at zero. */
  restart(): void {
    this.halt();
    this.#engine = this.#start();
    this.#isUp = true;
  }

  #play(nowUs: number, act: () => void): void {
    if (!this.#isUp) return;
    act();
    this.#options.player.play(this.#engine, nowUs);
  }

  #start(): PlayedEngine {
    const { group, model, name, player } = this.#options;
    const { config } = this;
    const figures: EngineFigures[] = [];
    const watcherOf = (rank: number) => {
      figures[rank] = new EngineFigures(config.maxModelLen);
      return figures[rank];
    };
    const blocks = this.kvEvents.nextLife();
    const engine = new PlayedEngine({ name, group, config, model, watcherOf, blocks });
    this.figures = figures;
    player.add(engine);
    return engine;
  }
}
