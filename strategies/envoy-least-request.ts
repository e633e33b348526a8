import { z } from 'zod';
import { type Random, randomIndex } from '../core/random.ts';
import { Attendance, type AttendanceListener } from './shared/attendance.ts';
import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

interface Options {
  readonly choiceCount: number;
  readonly activeRequestBias: number;
}

/**
 * With equal weights it compares draws by chance. With unequal ones, every replica has a deadline
 * of one over its weight ahead, where the weight counts less the busier it is; the earliest
 * deadline goes first and gets a new one. The weights of the others stay as they were when they got
 * theirs, so a schedule lags behind the load.
 */
class EnvoyLeastRequest implements Strategy, AttendanceListener {
  readonly #options: Options;
  readonly #random: Random;
  readonly #attendance = new Attendance(this);
  #deadlines = new Float64Array(0);
  #entered = new Float64Array(0);
  /** The deadline reached, and how many deadlines were given. */
  readonly #reached = new Float64Array(1);
  readonly #given = new Float64Array(1);

  constructor(options: Options, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    if (areEqual(candidates)) return this.#drawn(candidates);
    this.#attendance.update(candidates);
    return this.#earliest(candidates);
  }

  came(replica: ReplicaView): void {
    if (replica.index >= this.#deadlines.length) this.#grow(replica.index + 1);
    this.#enter(replica);
  }

  left(): void {
    // Its deadline is not looked at until it comes back, and then it gets a new one.
  }

  /** Draws may be the same replica, and the first drawn keeps ties. */
  #drawn(candidates: readonly ReplicaView[]): ReplicaView {
    let least: ReplicaView | undefined;
    for (let drawn = 0; drawn < this.#options.choiceCount; drawn++) {
      const other = candidates[randomIndex(this.#random, candidates.length)]!;
      if (least === undefined || other.inFlight < least.inFlight) least = other;
    }
    return least!;
  }

  #earliest(candidates: readonly ReplicaView[]): ReplicaView {
    let earliest = candidates[0]!;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (this.#isBefore(candidate.index, earliest.index)) earliest = candidate;
    }
    this.#reached[0] = this.#deadlines[earliest.index]!;
    this.#enter(earliest);
    return earliest;
  }

  #isBefore(index: number, other: number): boolean {
    const difference = this.#deadlines[index]! - this.#deadlines[other]!;
    return difference < 0 || (difference === 0 && this.#entered[index]! < this.#entered[other]!);
  }

  #enter({ inFlight, index, weight }: ReplicaView): void {
    const ahead = (inFlight + 1) ** this.#options.activeRequestBias / weight;
    this.#deadlines[index] = this.#reached[0]! + ahead;
    this.#entered[index] = this.#given[0]!++;
  }

  #grow(length: number): void {
    const [deadlines, entered] = [this.#deadlines, this.#entered];
    this.#deadlines = new Float64Array(2 * length);
    this.#deadlines.set(deadlines);
    this.#entered = new Float64Array(2 * length);
    this.#entered.set(entered);
  }
}

function areEqual(candidates: readonly ReplicaView[]): boolean {
  const { weight } = candidates[0]!;
  for (let i = 1; i < candidates.length; i++) {
    if (candidates[i]!.weight !== weight) return false;
  }
  return true;
}

export default defineStrategy({
  name: 'envoy-least-request',
  family: 'load',
  summary:
    'With equal weights the least busy of a few draws, which may be the same; with unequal ones a schedule by weight/(in flight + 1)^bias: LEAST_REQUEST of Envoy.',
  options: {
    choiceCount: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(2)
      .meta({ examples: [2] })
      .describe('Draws to compare when the weights are equal.'),
    activeRequestBias: z
      .number()
      .min(0)
      .max(100)
      .default(1)
      .meta({ examples: [1] })
      .describe('How much requests in flight count against the weight: 0 for not at all.'),
  },
  create: (options, { random }) => new EnvoyLeastRequest(options, random),
});
