import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { RecordLog } from '../core/record-log.ts';
import type { Outcome } from '../core/request-record.ts';
import { failureName, isRefusal } from './answer/failure.ts';
import type { LiveCall } from './live-call.ts';

/** A way to fail: how often, and what the server said the first time. */
export interface FailureCount {
  readonly name: string;
  requests: number;
  readonly example: string;
}

/** What became of the requests of a live run, in the columns of a simulated one. */
export class LiveLog {
  readonly log = new RecordLog();
  readonly refused = { requests: 0, longestTokens: 0 };
  readonly failures = new Map<string, FailureCount>();
  /** Answers, and those whose server counted other lengths than it was asked for. */
  readonly lengths = { answers: 0, otherPrompts: 0, otherAnswers: 0, withoutUsage: 0 };
  /** Tokens that came in one piece with another, of all. */
  readonly tokens = { all: 0, together: 0 };
  readonly #window: MeasuredWindow;

  constructor(window: MeasuredWindow) {
    this.#window = window;
  }

  add(call: LiveCall, outcome: Outcome): void {
    const { failure, intendedUs } = call;
    if (intendedUs >= this.#window.untilUs) return;
    this.#append(call, outcome);
    if (!inWindow(this.#window, intendedUs)) return;
    if (outcome === 'ok') this.#compareLengths(call);
    if (failure === undefined) return;
    const name = failureName(failure);
    const count = this.failures.get(name) ?? { name, requests: 0, example: failure.message };
    count.requests += 1;
    this.failures.set(name, count);
    if (isRefusal(failure)) this.#countRefusal(call);
  }

  #append(call: LiveCall, outcome: Outcome): void {
    const { answer, spec } = call;
    const { log } = this;
    const { columns, index } = log.addRow();
    const { usage } = answer;
    columns.id[index] = spec.id;
    columns.tenant[index] = log.texts.tenant.codeOf(spec.tenant);
    columns.session[index] = spec.session;
    columns.turn[index] = spec.turn;
    columns.turns[index] = spec.turns ?? 0;
    columns.inputTokens[index] = known(usage?.promptTokens, spec.promptTokens);
    columns.cachedTokens[index] = usage?.cachedTokens ?? Number.NaN;
    columns.outputTokens[index] = answer.outputTokens;
    columns.intendedUs[index] = call.intendedUs;
    columns.sentUs[index] = call.sentUs;
    // As a proxy of ours says, but for the way to it.
    columns.dispatchedUs[index] = call.sentUs + answer.queueUs;
    // Only an engine could tell these.
    columns.scheduledUs[index] = Number.NaN;
    columns.preemptions[index] = Number.NaN;
    columns.firstTokenUs[index] = answer.firstTokenUs;
    // A slow reader has it when it has read it.
    const isRead = outcome === 'ok' && (spec.client?.readUsPerToken ?? 0) > 0;
    columns.lastTokenUs[index] = isRead ? call.endUs : answer.lastTokenUs;
    columns.endUs[index] = call.endUs;
    columns.gapMaxUs[index] = answer.gapMaxUs;
    columns.tries[index] = call.tries;
    columns.attempts[index] = Number.NaN;
    columns.replica[index] = log.texts.replica.codeOf(answer.replica);
    columns.outcome[index] = log.texts.outcome.codeOf(outcome);
  }

  #compareLengths({ answer, spec }: LiveCall): void {
    const { lengths, tokens } = this;
    lengths.answers += 1;
    tokens.all += answer.outputTokens;
    tokens.together += Math.max(0, answer.outputTokens - answer.pieces);
    if (answer.usage === undefined) lengths.withoutUsage += 1;
    else if (answer.usage.promptTokens !== spec.promptTokens) lengths.otherPrompts += 1;
    if (answer.outputTokens !== spec.outputTokens) lengths.otherAnswers += 1;
  }

  #countRefusal({ spec }: LiveCall): void {
    const { refused } = this;
    refused.requests += 1;
    refused.longestTokens = Math.max(refused.longestTokens, spec.promptTokens + spec.outputTokens);
  }
}

function known(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}
