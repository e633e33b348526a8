import { type Random, randomStream } from '../../../core/random.ts';
import { US_PER_S } from '../../../core/time.ts';
import { type DraftRow, draftRow } from '../trace-row.ts';
import type { LengthSource } from './length-source.ts';
import type { ServeGenClient, ServeGenModel } from './servegen-model.ts';
import { type WindowGaps, windowGaps } from './window-gaps.ts';

export interface ClientStreamOptions {
  readonly model: ServeGenModel;
  readonly client: ServeGenClient;
  /** The windows to play, one after the other, by their numbers. */
  readonly windows: readonly number[];
  readonly lengths: LengthSource;
  readonly seed: number;
}

/** The requests of one client in order of time, each made when it is asked for. */
export class ClientStream {
  readonly id: number;
  /** When the next request comes; infinite at the end. */
  nextS = 0;
  readonly #options: ClientStreamOptions;
  readonly #chance: { readonly gaps: Random; readonly input: Random; readonly output: Random };
  readonly #tenant: string;
  #played = -1;
  #endS = 0;
  #gaps: WindowGaps | undefined;

  constructor(options: ClientStreamOptions) {
    const { client, seed } = options;
    // A stream for each field: one draw for all would tie input to output.
    const chance = (purpose: string) => randomStream(seed, `servegen/${client.id}/${purpose}`);
    this.id = client.id;
    this.#tenant = `client-${client.id}`;
    this.#options = options;
    this.#chance = { gaps: chance('gaps'), input: chance('input'), output: chance('output') };
    this.#nextWindow();
  }

  next(): DraftRow {
    const { model, windows, lengths } = this.#options;
    const { input, output } = this.#chance;
    const { windowS } = model;
    const sourceS = this.nextS + (windows[this.#played]! - this.#played) * windowS;
    const tables = lengths.at(sourceS);
    const row = draftRow({
      line: 0,
      arrivalUs: this.nextS * US_PER_S,
      promptTokens: Math.max(1, Math.round(tables.input.draw(input))),
      outputTokens: Math.max(1, Math.round(tables.output.draw(output))),
      tenant: this.#tenant,
    });
    this.nextS += this.#gaps!.next();
    if (this.nextS >= this.#endS) this.#nextWindow();
    return row;
  }

  /** Goes to the next window that has a request. */
  #nextWindow(): void {
    const { model, client, windows } = this.#options;
    for (;;) {
      this.#played += 1;
      const window = windows[this.#played];
      if (window === undefined) break;
      const activity = client.windows[window];
      if (activity === undefined) continue;
      const startS = this.#played * model.windowS;
      this.#gaps = windowGaps(activity, this.#chance.gaps);
      this.#endS = startS + model.windowS;
      this.nextS = startS + this.#gaps.first();
      if (this.nextS < this.#endS) return;
    }
    this.nextS = Number.POSITIVE_INFINITY;
  }
}
