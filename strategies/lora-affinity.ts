import { z } from 'zod';
import { AdapterSlots } from './shared/adapter-slots.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import {
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  slots: z
    .number()
    .int()
    .min(1)
    .max(1_024)
    .default(1)
    .meta({ examples: [4] })
    .describe('LoRA adapters a replica holds at once: its `--max-loras`.'),
  maxLead: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(32)
    .meta({ examples: [16] })
    .describe('Requests in flight above the least loaded replica at which affinity ends.'),
};

type Options = z.output<z.ZodObject<typeof options>>;

/** What each situation is worth; the steps between are wider than any difference in requests. */
const worth = { active: 1, room: 0.8, waiting: 0.6, full: 0 };
const worthOfRequests = 1e7;

/**
 * The lora-affinity scorer of Gateway API Inference Extension and llm-d: best where the adapter is,
 * then where there is room for it, then where it waits already. There the lists are scraped; here
 * they are what this gateway sent. There other scorers hold against a hot adapter; here affinity
 * ends with too great a lead in requests.
 */
class LoraAffinity implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #slots: AdapterSlots[] = [];
  readonly #costs = new Costs();

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
  }

  pick({ adapter }: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    const values = this.#costs.of(candidates);
    let fewest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      fewest = Math.min(fewest, candidates[i]!.inFlight);
    }
    const most = fewest + this.#options.maxLead;
    for (let i = 0; i < candidates.length; i++) {
      const { inFlight, index } = candidates[i]!;
      const has = inFlight > most ? worth.full : this.#worth(adapter, index);
      values[i] = inFlight - has * worthOfRequests;
    }
    return this.#costs.least(candidates, this.#draws);
  }

  onDispatched({ adapter }: RequestView, { index }: ReplicaView): void {
    if (adapter !== 0) this.#slotsOf(index).sent(adapter);
  }

  onEnded({ adapter }: RequestView, { index }: ReplicaView): void {
    if (adapter !== 0) this.#slotsOf(index).ended(adapter);
  }

  onJoined({ index }: ReplicaView): void {
    this.#slots[index] = new AdapterSlots(this.#options.slots);
  }

  #worth(adapter: number, index: number): number {
    if (adapter === 0) return worth.full;
    const slots = this.#slots[index];
    if (slots === undefined) return worth.room;
    if (slots.holds(adapter)) return worth.active;
    if (slots.hasRoom()) return worth.room;
    return slots.waits(adapter) ? worth.waiting : worth.full;
  }

  #slotsOf(index: number): AdapterSlots {
    const known = this.#slots[index];
    if (known !== undefined) return known;
    const slots = new AdapterSlots(this.#options.slots);
    this.#slots[index] = slots;
    return slots;
  }
}

export default defineStrategy({
  name: 'lora-affinity',
  family: 'affinity',
  summary:
    'Where the LoRA adapter of a request was sent lately, else where there is room for it; then fewest requests, then chance (GIE, llm-d).',
  options,
  create: (given, context) => new LoraAffinity(given, context),
});
