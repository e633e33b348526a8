import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { RecordLog } from '../core/record-log.ts';
import type { Seen } from './clients.ts';
import type { SimulatedRequest } from './replica/sequence.ts';

/** Counted requests that were longer than the model's context, and the longest of them. */
export interface Refused {
  readonly requests: number;
  /** Prompt and `max_tokens`. */
  readonly longestTokens: number;
}

/** What became of the requests that arrived before the end of the window. */
export class ResultLog {
  readonly log = new RecordLog();
  readonly refused = { requests: 0, longestTokens: 0 };
  /** Those that arrived inside it. */
  counted = 0;
  readonly #window: MeasuredWindow;

  constructor(window: MeasuredWindow) {
    this.#window = window;
  }

  add(request: SimulatedRequest, seen: Seen | undefined): void {
    const intendedUs = seen?.intendedUs ?? request.arrivalUs;
    if (intendedUs < this.#window.untilUs) this.#append(request, seen);
    if (!inWindow(this.#window, intendedUs)) return;
    this.counted += 1;
    this.#countRefusal(request);
  }

  #countRefusal({ work }: SimulatedRequest): void {
    const { askedTokens, isRefused } = work;
    if (!isRefused) return;
    this.refused.requests += 1;
    this.refused.longestTokens = Math.max(this.refused.longestTokens, askedTokens);
  }

  #append(request: SimulatedRequest, seen: Seen | undefined): void {
    const { log } = this;
    const { work: sequence } = request;
    const { columns, index } = log.addRow();
    columns.id[index] = request.id;
    columns.tenant[index] = log.texts.tenant.codeOf(request.tenant);
    columns.session[index] = request.session;
    columns.turn[index] = request.turn;
    columns.turns[index] = sequence.turns;
    columns.inputTokens[index] = request.promptTokens;
    columns.cachedTokens[index] = sequence.cachedTokens;
    columns.outputTokens[index] = sequence.generated;
    columns.intendedUs[index] = seen?.intendedUs ?? request.arrivalUs;
    columns.sentUs[index] = request.arrivalUs;
    columns.dispatchedUs[index] = request.dispatchedUs;
    columns.scheduledUs[index] = sequence.scheduledUs;
    columns.firstTokenUs[index] = request.firstTokenUs;
    columns.lastTokenUs[index] = seen?.lastTokenUs ?? sequence.lastTokenUs;
    columns.endUs[index] = seen?.endUs ?? request.endUs;
    columns.gapMaxUs[index] = sequence.gapMaxUs;
    columns.preemptions[index] = sequence.preemptions;
    columns.tries[index] = seen?.tries ?? 1;
    columns.attempts[index] = request.attempts;
    columns.replica[index] = log.texts.replica.codeOf(request.replica?.name ?? '');
    columns.outcome[index] = log.texts.outcome.codeOf(seen?.outcome ?? request.outcome!);
  }
}
