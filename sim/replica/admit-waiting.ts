import type { EngineState } from './engine-state.ts';
import type { Sequence } from './sequence.ts';
import type { StepBuilder } from './step-builder.ts';

/**
 * The second half of vLLM's `schedule()`: admissions, for as long as the budget lasts. The head of
 * the queue blocks everybody behind it; only one whose adapter finds no room is passed by.
 */
export function admitWaiting(engine: EngineState, step: StepBuilder): void {
  const { adapters, config, running, waiting } = engine;
  engine.mayAdmit = false;
  adapters.beginStep(step.chunks);
  if (waiting.length === 0) return;
  let setAside: Sequence[] | undefined;
  // A step without budget holds prompts, so that the next one differs, or as many decodes as fit.
  while (waiting.length > 0 && running.length < config.maxNumSeqs && step.budget > 0) {
    const sequence = waiting.front();
    if (adapters.admits(sequence)) {
      if (!tryAdmit(engine, step, sequence)) break;
    } else {
      setAside ??= [];
      setAside.push(waiting.popFront());
    }
  }
  for (const sequence of setAside?.reverse() ?? []) waiting.putBack(sequence);
}

/** A step that admits nobody, though the next one may. */
export function refuseWaiting(engine: EngineState, step: StepBuilder): void {
  engine.mayAdmit = true;
  engine.adapters.beginStep(step.chunks);
}

function tryAdmit(engine: EngineState, step: StepBuilder, sequence: Sequence): boolean {
  const { config, kvCache, running } = engine;
  const { tokens: hit, blocksInUse } = kvCache.lookup(sequence, step.step);
  const firstTime = sequence.preemptions === 0;
  if (firstTime && config.prefixQueriesCount === 'everyAttempt') count(engine, sequence, hit);

  const known = Math.max(hit, sequence.remoteTokens);
  const wanted = Math.min(sequence.tokens - known, config.longPrefillTokenThreshold);
  if (!config.enableChunkedPrefill && wanted > step.budget) {
    engine.mayAdmit = true;
    return false;
  }
  const tokens = Math.min(wanted, step.budget);
  const keptFree = running.length > 0 ? config.watermarkBlocks : 0;
  const free = kvCache.free - keptFree + blocksInUse;
  const blocks = engine.blocksFor(config.reserveFullIsl ? sequence.tokens : known + tokens);
  if (blocks > free) {
    // What is cached, and so what the head still needs, may change with every block taken.
    engine.mayAdmit = config.enablePrefixCaching;
    return false;
  }
  if (firstTime && config.prefixQueriesCount === 'onAdmission') count(engine, sequence, hit);
  if (firstTime) sequence.cachedTokens = hit;

  engine.waiting.popFront();
  sequence.state = 'running';
  running.push(sequence);
  kvCache.takeCached(sequence);
  sequence.computed = hit;
  if (known > hit) {
    kvCache.grow(sequence, known - hit, step.step);
    sequence.computed = known;
  }
  step.give(sequence, tokens);
  engine.adapters.use(sequence);
  if (sequence.computed < sequence.tokens) engine.partial.push(sequence);
  return true;
}

function count(engine: EngineState, sequence: Sequence, hit: number): void {
  if (!engine.config.enablePrefixCaching) return;
  engine.counters.prefixQueries += sequence.tokens;
  engine.counters.prefixHits += hit;
}
