import type { EngineState } from './engine-state.ts';
import { comesBefore } from './priority-order.ts';
import type { Sequence } from './sequence.ts';
import type { StepBuilder } from './step-builder.ts';

/**
 * The first half of vLLM's `schedule()`: those who run get what they want, in the order of their
 * admission. True when a block could only be had by preempting somebody.
 *
 * Whoever runs can have all it wants of the budget, except the sequence admitted last, because
 * nobody is admitted once the budget is used up. So the whole decode batch is scheduled at once,
 * as long as there are blocks for everybody; only when they run short does the order matter.
 */
export function scheduleRunning(engine: EngineState, step: StepBuilder): boolean {
  const { batch, kvCache, partial } = engine;
  const batchBlocks = batch.size > 0 ? batch.blocksFor(step.step, 1) : 0;
  if (partial.length === 0) {
    if (batchBlocks > kvCache.free) return oneByOne(engine, step);
    if (batchBlocks > 0) kvCache.growBatch(batchBlocks);
    step.budget -= batch.size;
    return false;
  }
  let budget = step.budget - batch.size;
  let blocks = batchBlocks;
  for (const sequence of partial) {
    const tokens = step.chunk(sequence, budget);
    blocks += newBlocks(engine, sequence, tokens);
    budget -= tokens;
  }
  if (blocks > kvCache.free) return oneByOne(engine, step);
  kvCache.growBatch(batchBlocks);
  step.budget -= batch.size;
  for (const sequence of partial) {
    if (step.budget === 0) break;
    step.give(sequence, step.chunk(sequence, step.budget));
  }
  return false;
}

function oneByOne(engine: EngineState, step: StepBuilder): boolean {
  const { batch, config, kvCache, running } = engine;
  let preempted = false;
  let passedBy = 0;
  for (let sequence = running.first; sequence !== undefined && step.budget > 0; ) {
    const { inBatch } = sequence;
    const tokens = inBatch ? 1 : step.chunk(sequence, step.budget);
    let after: Sequence | undefined = sequence.next;
    if (tokens > 0) {
      const blocks = inBatch
        ? Number(batch.startsBlock(sequence, step.step))
        : newBlocks(engine, sequence, tokens);
      while (blocks > kvCache.free) {
        const victim = config.schedulingPolicy === 'priority' ? leastUrgent(engine) : running.last!;
        if (isPassedBy(victim, sequence, step)) passedBy += 1;
        after = sequence.next;
        preempt(engine, step, victim);
        preempted = true;
        if (victim === sequence) {
          stall(engine, step, after);
          return true;
        }
      }
      if (inBatch) {
        kvCache.growBatch(blocks);
        step.budget -= 1;
        sequence.givenStep = step.step;
        sequence.givenTokens = 1;
      } else {
        step.give(sequence, tokens);
      }
      after = sequence.next;
      for (; passedBy > 0 && after !== undefined; passedBy--) {
        sitOut(engine, step, after);
        after = after.next;
      }
    }
    sequence = after;
  }
  return preempted;
}

/**
 * vLLM counts its way through `running` and corrects the count for victims that this step had given
 * something. For one further ahead that it had not, the count goes on too far by one, and whoever
 * comes next sits the step out.
 */
function isPassedBy(victim: Sequence, sequence: Sequence, { step }: StepBuilder): boolean {
  return victim.givenStep !== step && victim.admissionNumber < sequence.admissionNumber;
}

function newBlocks(engine: EngineState, { computed }: Sequence, tokens: number): number {
  return engine.blocksFor(computed + tokens) - engine.blocksFor(computed);
}

/** All is computed again later, prompt and what was generated; V1 does not swap to the host. */
function preempt(engine: EngineState, step: StepBuilder, victim: Sequence): void {
  const given = victim.givenStep === step.step ? victim.givenTokens : 0;
  step.takeBack(victim);
  victim.givenStep = 0;
  if (victim.inBatch) {
    engine.leaveBatch(victim, given > 0 ? step.step : engine.scheduled);
    victim.computed += given;
  } else {
    engine.leavePartial(victim);
  }
  leaveOutput(engine, step, victim);
  engine.running.remove(victim);
  engine.kvCache.release(victim);
  victim.computed = 0;
  victim.remoteTokens = 0;
  victim.preemptions += 1;
  engine.counters.preemptions += 1;
  victim.state = 'waiting';
  engine.waiting.putBack(victim);
}

/**
 * When the sequence that finds no block is itself the least urgent, vLLM ends the first half there,
 * and those behind it sit the step out.
 */
function stall(engine: EngineState, step: StepBuilder, from: Sequence | undefined): void {
  for (let sequence = from; sequence !== undefined; sequence = sequence.next) {
    sitOut(engine, step, sequence);
  }
}

/** Until it has caught up, it is scheduled by itself. */
function sitOut(engine: EngineState, step: StepBuilder, sequence: Sequence): void {
  if (!sequence.inBatch) return;
  engine.leaveBatch(sequence, engine.scheduled);
  leaveOutput(engine, step, sequence);
  insertByAdmission(engine.partial, sequence);
}

/** The step in flight, if there is one, still brings it a token. */
function leaveOutput(engine: EngineState, step: StepBuilder, sequence: Sequence): void {
  const wasSteady = engine.output.settle(sequence);
  if (wasSteady && engine.scheduled > engine.output.ended) step.previous.leavers.push(sequence);
}

function leastUrgent({ running }: EngineState): Sequence {
  let last = running.first!;
  for (let other = last.next; other !== undefined; other = other.next) {
    if (comesBefore(last, other)) last = other;
  }
  return last;
}

function insertByAdmission(partial: Sequence[], sequence: Sequence): void {
  const at = partial.findIndex((other) => other.admissionNumber > sequence.admissionNumber);
  partial.splice(at < 0 ? partial.length : at, 0, sequence);
}
