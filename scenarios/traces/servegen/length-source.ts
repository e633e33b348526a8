import { type Random, randomStream } from '../../../core/random.ts';
import { ProbabilityTable } from './probability-table.ts';
import {
  type CompleteLengths,
  completeLengths,
  requestsDuring,
  type ServeGenClient,
  type ServeGenModel,
} from './servegen-model.ts';

/** Says which lengths a client's requests have. */
export interface LengthSource {
  at(timeS: number): CompleteLengths;
}

/** All lengths that were published, by the number of requests they belong to. */
export class PooledLengths {
  readonly #all: CompleteLengths[] = [];
  readonly #byRequests: ProbabilityTable;

  constructor(model: ServeGenModel) {
    const weights: number[] = [];
    for (const client of model.clients) {
      for (const lengths of completeLengths(client)) {
        this.#all.push(lengths);
        weights.push(requestsDuring(model, client, lengths));
      }
    }
    const places = weights.map((_, index) => index);
    const idle = weights.every((weight) => weight === 0);
    this.#byRequests = new ProbabilityTable(places, idle ? weights.map(() => 1) : weights);
  }

  draw(random: Random): CompleteLengths {
    return this.#all[this.#byRequests.draw(random)]!;
  }

  /** Its own lengths, those of the nearest hours before or after; or else those of anyone. */
  sourceFor(client: ServeGenClient, seed: number): LengthSource {
    const own = completeLengths(client);
    if (own.length === 0) {
      const random = randomStream(seed, `servegen/${client.id}/lender`);
      return { at: () => this.draw(random) };
    }
    return { at: (timeS) => own.findLast(({ fromS }) => fromS <= timeS) ?? own[0]! };
  }
}
