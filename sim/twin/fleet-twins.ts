import type { FleetTwin, Forecast, Question } from '../../strategies/shared/fleet-twin.ts';
import { OutputLengths } from '../../strategies/shared/output-lengths.ts';
import type { AttemptEnd, ReplicaView, RequestView } from '../../strategies/strategy.ts';
import { ReplicaTwin, type TwinOptions } from './replica-twin.ts';

/** A twin of each replica, which share what they learn of the length of answers. */
export class FleetTwins implements FleetTwin {
  readonly #lengths = new OutputLengths();
  readonly #twins: ReplicaTwin[];
  #asked: RequestView | undefined = undefined;
  readonly #forecast: Forecast = {
    ttftUs: 0,
    tpotUs: 0,
    outputTokens: 0,
    promptUs: 0,
    harmUs: 0,
    isBroken: false,
  };

  constructor(replicas: readonly TwinOptions[]) {
    this.#twins = replicas.map((options) => new ReplicaTwin(options, this.#lengths));
  }

  /** Of a replica that comes later; it has the next index. */
  add(options: TwinOptions): void {
    this.#twins.push(new ReplicaTwin(options, this.#lengths));
  }

  forecast(question: Question, { index }: ReplicaView, nowUs: number): Readonly<Forecast> {
    const { request } = question;
    if (request !== this.#asked) {
      // One decision asks of many replicas, and the answer will be as long at each.
      this.#asked = request;
      this.#forecast.outputTokens = this.#lengths.of(request.tenant).expectedTokens;
    }
    this.#twins[index]!.forecast(question, this.#forecast, nowUs);
    return this.#forecast;
  }

  onDispatched(question: Question, replica: ReplicaView, nowUs: number): void {
    const { ttftUs } = this.forecast(question, replica, nowUs);
    this.#twins[replica.index]!.dispatched(question, ttftUs, nowUs);
  }

  onFirstToken(request: RequestView, { index }: ReplicaView, nowUs: number): void {
    this.#twins[index]!.firstToken(request, nowUs);
  }

  onEnded(request: RequestView, { index }: ReplicaView, end: AttemptEnd, nowUs: number): void {
    // A replica need not say how long an answer was.
    if (end.outcome === 'ok' && end.outputTokens > 0) {
      this.#lengths.add(request.tenant, end.outputTokens);
    }
    this.#asked = undefined;
    this.#twins[index]!.ended(request, end, nowUs);
  }

  onReported(replica: ReplicaView): void {
    this.#twins[replica.index]!.reported(replica);
  }

  onJoined({ index }: ReplicaView): void {
    this.#twins[index]!.forget();
  }
}
