import { emptyList } from '../../core/empty-list.ts';
import type { Sequence } from './sequence.ts';
import type { StepRun } from './step-run.ts';

/** A step that is scheduled and has not ended: what its end will bring besides a steady batch. */
export class StepPlan {
  run: StepRun;
  /** Sequences outside the batch that have all they want computed in it, and so get a token. */
  readonly completing: Sequence[] = [];
  /** Sequences that left the batch while it was in flight, and still get its token. */
  readonly leavers: Sequence[] = [];
  /** Whether it holds the decode batch and nothing else. */
  isPure = false;
  /** Of the batch. */
  version = 0;

  constructor(run: StepRun) {
    this.run = run;
  }

  clear(): void {
    emptyList(this.completing);
    emptyList(this.leavers);
  }
}
