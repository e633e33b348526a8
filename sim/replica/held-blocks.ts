import type { BlockRun } from './block-run.ts';
import { type Segment, segmentsOf } from './segment.ts';
import type { EngineRequest, Sequence } from './sequence.ts';

/** What a sequence has in the prefix cache. */
export class HeldBlocks {
  readonly content: Segment;
  /** Its full blocks in order, and how many there are. */
  readonly runs: BlockRun[] = [];
  registered = 0;
  /** The last run, if the next block may be added to it. */
  ownRun: BlockRun | undefined = undefined;
  /** Whether a block of its own was not the first with its content. */
  hasDuplicate = false;
  /** While its answer is being written: the next in a chain of such. */
  nextWriter: Sequence | undefined = undefined;
  #segment: Segment;

  constructor(request: EngineRequest) {
    this.content = segmentsOf(request);
    this.#segment = this.content;
  }

  /** The segment that a position belongs to; they are asked for in order. */
  segmentAt(position: number): Segment {
    while (this.#segment.end < position) this.#segment = this.#segment.next!;
    return this.#segment;
  }

  clear(): void {
    this.runs.length = 0;
    this.registered = 0;
    this.ownRun = undefined;
    this.hasDuplicate = false;
    this.#segment = this.content;
  }
}
