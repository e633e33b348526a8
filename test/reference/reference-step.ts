import type { StepTimeModel } from '../../sim/step-time/step-time.ts';
import { emptyShape, type StepShape } from '../../sim/step-time/step-time.ts';
import type { Chunk } from './reference-scheduler.ts';

/** A scheduled step; its times are fixed from the start and not rounded. */
export interface ReferenceStep {
  readonly number: number;
  readonly chunks: readonly Chunk[];
  readonly startUs: number;
  readonly endUs: number;
  readonly durationUs: number;
  /** Steps that begin where a run of equal decode batches began count their time from there. */
  readonly run: Run;
  /** Its position in the run, from 1. */
  readonly position: number;
  readonly loadUs: number;
}

export interface Run {
  readonly originUs: number;
  readonly firstStepUs: number;
  readonly growthUs: number;
  /** Steps that grow by it. */
  readonly evenSteps: number;
}

export interface StepToTime {
  readonly number: number;
  readonly chunks: readonly Chunk[];
  /** For loading adapters before the step. */
  readonly loadUs: number;
  /** The step before, unless the engine was idle in between. */
  readonly previous: ReferenceStep | undefined;
  /** When the engine woke, if it was idle. */
  readonly nowUs: number;
  readonly stepTime: StepTimeModel;
}

/** Puts a step on the clock, right behind the one before. */
export function timedStep(step: StepToTime): ReferenceStep {
  const { number, chunks, loadUs, previous, stepTime } = step;
  const startUs = previous?.endUs ?? step.nowUs;
  const continues = previous !== undefined && continuesRun(step, previous);
  const position = continues ? previous.position + 1 : 1;
  const run = continues ? previous.run : newRun(startUs, chunks, loadUs, stepTime);
  const k = position;
  const t0 = run.firstStepUs;
  const g = run.growthUs;
  const endUs = run.originUs + (k * t0 + (g * (k * (k - 1))) / 2);
  const durationUs = t0 + g * (k - 1);
  return { number, chunks, startUs, endUs, durationUs, run, position, loadUs };
}

export function shapeOf(chunks: readonly Chunk[]): StepShape {
  const shape = emptyShape();
  for (const { tokens, history } of chunks) {
    shape.sequences += 1;
    if (tokens === 1 && history > 0) {
      shape.decodeSeqs += 1;
      shape.decodeContext += history + 1;
    } else {
      shape.prefillTokens += tokens;
      shape.prefillAttention += tokens * (history + tokens / 2);
      shape.prefillHistory += history;
    }
  }
  return shape;
}

function newRun(
  originUs: number,
  chunks: readonly Chunk[],
  loadUs: number,
  stepTime: StepTimeModel,
): Run {
  const shape = shapeOf(chunks);
  const firstStepUs = Math.max(1, stepTime.stepUs(shape)) + loadUs;
  if (!isAllDecoding(chunks)) {
    return { originUs, firstStepUs, growthUs: 0, evenSteps: Number.POSITIVE_INFINITY };
  }
  const { decodeSeqs, decodeContext } = shape;
  const growthUs = stepTime.decodeGrowthUs(decodeSeqs, decodeContext);
  const evenSteps = stepTime.evenSteps?.(decodeSeqs, decodeContext) ?? Number.POSITIVE_INFINITY;
  return { originUs, firstStepUs, growthUs, evenSteps };
}

function continuesRun({ chunks, loadUs }: StepToTime, previous: ReferenceStep): boolean {
  if (loadUs > 0 || previous.loadUs > 0) return false;
  if (previous.position >= previous.run.evenSteps) return false;
  if (!isAllDecoding(chunks) || !isAllDecoding(previous.chunks)) return false;
  if (chunks.length !== previous.chunks.length) return false;
  return chunks.every(({ sequence }) =>
    previous.chunks.some((before) => before.sequence === sequence),
  );
}

function isAllDecoding(chunks: readonly Chunk[]): boolean {
  return chunks.every(({ wasDecoding }) => wasDecoding);
}
