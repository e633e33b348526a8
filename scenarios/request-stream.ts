import { createPlugin } from '../core/plugin.ts';
import { randomStream } from '../core/random.ts';
import { arrivals } from './arrivals/registry.ts';
import type { ArrivalProcess } from './arrivals.ts';
import { lengths } from './lengths/registry.ts';
import type { LengthDistribution } from './lengths.ts';
import type { PluginOptions, Scenario, Tenant } from './scenario.ts';

/** One request as the world makes it; the true output length is here, and no strategy sees it. */
export interface RequestSpec {
  readonly id: number;
  readonly arrivalUs: number;
  readonly tenant: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * The endless traffic of a scenario, in order of time. It holds one pending request for each
 * tenant, and every attribute comes from a stream of chance named after tenant and purpose, so that
 * it is the same whatever the strategy does.
 */
export class RequestStream {
  readonly #sources: readonly TenantSource[];
  #nextId = 0;

  constructor(scenario: Pick<Scenario, 'traffic'>, seed: number) {
    this.#sources = scenario.traffic.map((tenant) => new TenantSource(tenant, seed));
  }

  /** When `next` will come. */
  get nextArrivalUs(): number {
    return this.#earliest().arrivalUs;
  }

  next(): RequestSpec {
    const source = this.#earliest();
    const request: RequestSpec = {
      id: this.#nextId++,
      arrivalUs: source.arrivalUs,
      tenant: source.tenant,
      inputTokens: source.input.next(),
      outputTokens: source.output.next(),
    };
    source.advance();
    return request;
  }

  #earliest(): TenantSource {
    let earliest = this.#sources[0]!;
    for (const source of this.#sources) {
      if (source.arrivalUs < earliest.arrivalUs) earliest = source;
    }
    return earliest;
  }
}

class TenantSource {
  readonly tenant: string;
  readonly input: LengthDistribution;
  readonly output: LengthDistribution;
  readonly #arrivals: ArrivalProcess;
  #clockUs = 0;

  constructor({ tenant, arrivals: arrivalOptions, input, output }: Tenant, seed: number) {
    const chance = (purpose: string) => randomStream(seed, `${purpose}/${tenant}`);
    const length = (options: PluginOptions, purpose: string) =>
      createPlugin(lengths, options, chance(purpose));
    this.tenant = tenant;
    this.input = length(input, 'input');
    this.output = length(output, 'output');
    this.#arrivals = createPlugin(arrivals, arrivalOptions, chance('arrivals'));
    this.advance();
  }

  /** Rounded from the unrounded clock, so that rounding does not shift the rate. */
  get arrivalUs(): number {
    return Math.round(this.#clockUs);
  }

  advance(): void {
    this.#clockUs += this.#arrivals.nextGapUs();
  }
}
