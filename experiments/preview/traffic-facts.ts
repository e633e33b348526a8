import { quantile, sortedSample } from '../../core/quantiles.ts';
import { US_PER_S } from '../../core/time.ts';
import { round } from '../../reports/round.ts';
import type {
  HistogramBin,
  LengthFacts,
  SessionFacts,
  TrafficFacts,
} from '../../reports/traffic/preview.ts';
import type { RequestSpec } from '../../scenarios/request-stream.ts';

/** Takes in requests one after the other, and tells what they have in common. */
export class TrafficCollector {
  readonly #name: string;
  readonly #binUs: number;
  readonly #bins: number[] = [];
  readonly #prompts: number[] = [];
  readonly #answers: number[] = [];
  readonly #sessions = new Map<number, number>();
  #promptTokens = 0;
  #reusedTokens = 0;
  #followUps = 0;

  constructor(name: string, binUs: number) {
    this.#name = name;
    this.#binUs = binUs;
  }

  get requests(): number {
    return this.#prompts.length;
  }

  add(request: RequestSpec, reusedTokens: number): void {
    const { arrivalUs, outputTokens, promptTokens, session, turn } = request;
    const bin = Math.floor(arrivalUs / this.#binUs);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#prompts.push(promptTokens);
    this.#answers.push(outputTokens);
    this.#promptTokens += promptTokens;
    this.#reusedTokens += reusedTokens;
    if (session === 0) return;
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + 1);
    if (turn > 1) this.#followUps += 1;
  }

  facts(untilUs: number): TrafficFacts {
    const bins = Math.ceil(untilUs / this.#binUs);
    const rps = Array.from({ length: bins }, (_, bin) => {
      const lengthUs = Math.min(this.#binUs, untilUs - bin * this.#binUs);
      return round(((this.#bins[bin] ?? 0) * US_PER_S) / lengthUs);
    });
    return {
      name: this.#name,
      requests: this.requests,
      rps,
      minRps: Math.min(...rps),
      meanRps: round((this.requests * US_PER_S) / untilUs),
      maxRps: Math.max(...rps),
      prompt: lengthFacts(this.#prompts),
      answer: lengthFacts(this.#answers),
      reusedShare: round(this.#promptTokens === 0 ? 0 : this.#reusedTokens / this.#promptTokens),
      sessions: this.#sessionFacts(),
    };
  }

  #sessionFacts(): SessionFacts | null {
    const sizes = [...this.#sessions.values()];
    const requests = sizes.reduce((sum, size) => sum + size, 0);
    if (requests === sizes.length) return null;
    return {
      count: sizes.length,
      requestsMean: round(requests / sizes.length),
      requestsMax: sizes.reduce((most, size) => Math.max(most, size), 0),
      followUpShare: round(this.#followUps / this.requests),
    };
  }
}

function lengthFacts(lengths: readonly number[]): LengthFacts {
  const sorted = sortedSample(Float64Array.from(lengths));
  const at = (q: number) => Math.round(quantile(sorted, q) ?? 0);
  const sum = lengths.reduce((total, length) => total + length, 0);
  return {
    mean: round(sum / Math.max(1, lengths.length)),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: sorted.at(-1) ?? 0,
    histogram: histogram(lengths),
  };
}

/** Two bins for each doubling, without those that no whole number falls into. */
function histogram(lengths: readonly number[]): HistogramBin[] {
  const counts = new Map<number, number>();
  for (const length of lengths) {
    const bin = binOf(length);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const used = [...counts.keys()].sort((a, b) => a - b);
  const bins: HistogramBin[] = [];
  for (let bin = used[0] ?? 0; bin <= (used.at(-1) ?? -1); bin++) {
    const [from, until] = [lowest(bin), lowest(bin + 1)];
    if (from < until) {
      bins.push({ from, until, share: round((counts.get(bin) ?? 0) / lengths.length) });
    }
  }
  return bins;
}

function lowest(bin: number): number {
  return Math.ceil(2 ** (bin / 2) - 1e-9);
}

function binOf(length: number): number {
  const near = Math.floor(2 * Math.log2(Math.max(1, length)));
  if (length >= lowest(near + 1)) return near + 1;
  return length < lowest(near) ? near - 1 : near;
}
