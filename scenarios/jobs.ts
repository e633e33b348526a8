import type { z } from 'zod';
import type { Passage, Place } from '../core/passage.ts';
import { definePlugin, type Plugin } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';
import type { Texts } from './texts.ts';

/** A request as far as the job decides about it. */
export interface JobRequest {
  readonly prompt: readonly Passage[];
  readonly outputTokens: number;
  readonly answer: Place;
}

/** Requests that are sent together, so long after all of the round before have ended. */
export interface Round {
  readonly waitUs: number;
  readonly requests: readonly JobRequest[];
}

/**
 * What a user comes for, from the first request to the last. All of it is drawn when the job
 * begins, so that it does not depend on how long the answers take.
 */
export interface Job {
  readonly rounds: readonly Round[];
}

export interface JobContext {
  /** The stream of chance for a purpose, the same at every call. */
  chance(purpose: string): Random;
  readonly texts: Texts;
  /** Size of the population, if there is one. */
  readonly members: number | undefined;
}

/** Makes one job after the other. */
export interface JobMaker {
  /** Of a member of the population. */
  next(member: number): Job;
}

export type JobPlugin = Plugin<JobMaker, JobContext>;

export function defineJob<Shape extends z.ZodRawShape>(
  plugin: Parameters<typeof definePlugin<Shape, JobMaker, JobContext>>[0],
): JobPlugin {
  return definePlugin(plugin);
}

export function tokensOf(passages: readonly Passage[]): number {
  return passages.reduce((sum, { tokens }) => sum + tokens, 0);
}
