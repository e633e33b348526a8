/** What English takes with the vocabularies of today, until a replica says what a prompt had. */
export const usualBytesPerToken = 4;

/** No tokenizer of text is beyond these, whatever a usage says. */
const fewest = 0.5;
const most = 16;

/** Models are named by clients. */
const mostModels = 256;

/** A prompt of so many bytes counts as a whole one; a short one says little. */
const wholeBytes = 1_024;

/** How far one answer can move the figure, as a logarithm: by half of it. */
const mostStep = 0.4;

/**
 * The figure is moved by one part of so many of the distance: of one at first, so that a few
 * answers make it right, and of ever more with each of them.
 */
const partsPerAnswer = 0.25;
const mostParts = 32;

interface Figure {
  log: number;
  parts: number;
}

/**
 * Bytes of prompts per token, learned for each model from the usage that answers report. One answer
 * moves the figure by a part that shrinks with the number of answers, and no further than a limit:
 * it is a mean of those that agree and a median of those that do not (Huber's estimator).
 */
export class BytesPerToken {
  readonly #figures = new Map<string, Figure>();

  of(model: string): number {
    const figure = this.#figures.get(model);
    return figure === undefined ? usualBytesPerToken : Math.exp(figure.log);
  }

  learn(model: string, bytes: number, tokens: number): void {
    if (!(bytes > 0 && tokens >= 1)) return;
    const figure = this.#figureOf(model);
    if (figure === undefined) return;
    const weight = Math.min(1, bytes / wholeBytes);
    figure.parts = Math.min(mostParts, figure.parts + partsPerAnswer * weight);
    const target = Math.log(Math.min(most, Math.max(fewest, bytes / tokens)));
    const step = Math.min(mostStep, Math.max(-mostStep, target - figure.log));
    figure.log += (step * weight) / figure.parts;
  }

  #figureOf(model: string): Figure | undefined {
    let figure = this.#figures.get(model);
    if (figure === undefined && this.#figures.size < mostModels) {
      figure = { log: Math.log(usualBytesPerToken), parts: 1 };
      this.#figures.set(model, figure);
    }
    return figure;
  }
}
