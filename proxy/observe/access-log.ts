import pino, { type Logger } from 'pino';
import { type AccessLogField, accessLogEvent } from '../../core/formats/access-log-fields.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { logText, pathText } from './log-text.ts';
import { MicrosecondTime } from './microsecond-time.ts';
import type { RequestSummary } from './request-summary.ts';

export interface AccessLogOptions extends LogFileOptions {
  /** When the clock of the summaries stood at 0, in microseconds since 1970. */
  readonly epochUs: number;
}

type Line = {
  readonly [K in Exclude<AccessLogField, 'event'>]: string | number | boolean | undefined;
};

/** A line of JSON for each request, as `core/formats/access-log-fields.ts` describes it. */
export class AccessLog {
  readonly #file: LogFile;
  readonly #logger: Logger;
  readonly #time = new MicrosecondTime();
  readonly #epochUs: number;

  private constructor(file: LogFile, epochUs: number) {
    this.#file = file;
    this.#epochUs = epochUs;
    const formatters = { level: () => ({ event: accessLogEvent }) };
    this.#logger = pino({ base: null, timestamp: false, formatters }, file);
  }

  /** Once it is sure that the file can be written. */
  static async open({ epochUs, ...options }: AccessLogOptions): Promise<AccessLog> {
    return new AccessLog(await LogFile.open(options), epochUs);
  }

  /** Lines that could not be written, because the disk or the reader was too slow or is gone. */
  get lostLines(): number {
    return this.#file.lostLines;
  }

  requestEnded(summary: RequestSummary): void {
    this.#logger.info(this.#line(summary));
  }

  /** The file was moved away, and a new one is to be begun. */
  reopen(): void {
    this.#file.reopen();
  }

  /** Writes what is left. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #line(summary: RequestSummary): Line {
    const { arrivalUs } = summary;
    return {
      arrival: this.#time.text(this.#epochUs + arrivalUs),
      requestId: logText(summary.requestId),
      tenant: logText(summary.tenant),
      tier: logText(summary.tier),
      session: summary.session === 0 ? undefined : summary.session,
      method: logText(summary.method),
      path: pathText(summary.path),
      model: logText(summary.model),
      isStreamed: summary.isStreamed,
      outcome: summary.outcome,
      status: whole(summary.status),
      errorCode: logText(summary.errorCode),
      replica: logText(summary.replica),
      reason: summary.reason,
      attempts: whole(summary.attempts),
      queueUs: whole(summary.dispatchedUs - arrivalUs),
      overheadUs: whole(summary.overheadUs),
      ttftUs: whole(summary.firstTokenUs - arrivalUs),
      durationUs: whole(summary.endUs - arrivalUs),
      promptTokens: whole(summary.promptTokens),
      cachedTokens: whole(summary.cachedTokens),
      outputTokens: whole(summary.outputTokens),
      finishReason: logText(summary.finishReason),
      bytesIn: whole(summary.bytesIn),
      bytesOut: whole(summary.bytesOut),
    };
  }
}

/** What nobody knows is absent. */
function whole(value: number): number | undefined {
  return Number.isFinite(value) ? Math.round(value) : undefined;
}
