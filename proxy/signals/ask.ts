import type {
  ResponseHead,
  Transport,
  UpstreamCall,
  UpstreamFailure,
  UpstreamSink,
} from '../upstream/transport.ts';

/** What we ask a replica on our own account. */
export interface Question {
  readonly path: string;
  /** All of the header `authorization`; undefined for none. */
  readonly authorization: string | undefined;
  readonly timeoutUs: number;
  /** Of the body of an answer; more than that is no answer. */
  readonly mostBytes: number;
}

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'refused' | 'broken' | 'time-out'; readonly message: string };

/** A question on its way. */
export interface Asking {
  /** There will be no answer. */
  abort(): void;
}

/** Asks by GET, and gives the whole answer; `onAnswer` is called once, and never before it returns. */
export function ask(
  transport: Transport,
  question: Question,
  onAnswer: (answer: Answer) => void,
): Asking {
  const collector = new AnswerCollector(question, onAnswer);
  const { authorization, path } = question;
  const headers = authorization === undefined ? [] : ['authorization', authorization];
  const request = { method: 'GET', path, headers, body: undefined, takesFrames: false };
  collector.call = transport.send(request, collector);
  return collector;
}

class AnswerCollector implements UpstreamSink, Asking {
  readonly #question: Question;
  readonly #onAnswer: (answer: Answer) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  call: UpstreamCall | undefined = undefined;

  constructor(question: Question, onAnswer: (answer: Answer) => void) {
    this.#question = question;
    this.#onAnswer = onAnswer;
    this.#timer = setTimeout(this.#giveUp, Math.ceil(question.timeoutUs / 1_000));
  }

  abort(): void {
    clearTimeout(this.#timer);
    this.call?.abort();
  }

  onHead({ status }: ResponseHead): void {
    this.#status = status;
  }

  onBytes(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#question.mostBytes) {
      const message = `its answer is longer than ${this.#question.mostBytes} bytes`;
      this.#end({ kind: 'broken', message });
    } else {
      this.#pieces.push(bytes);
    }
  }

  onEnd(): void {
    clearTimeout(this.#timer);
    const pieces = this.#pieces;
    const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.#onAnswer({ kind: 'answered', status: this.#status, body });
  }

  onFailure({ kind, message }: UpstreamFailure): void {
    clearTimeout(this.#timer);
    this.#onAnswer({ kind: kind === 'connect' ? 'refused' : 'broken', message });
  }

  readonly #giveUp = (): void => {
    const seconds = this.#question.timeoutUs / 1e6;
    this.#end({ kind: 'time-out', message: `it did not answer within ${seconds} s` });
  };

  #end(answer: Answer): void {
    this.abort();
    this.#onAnswer(answer);
  }
}
