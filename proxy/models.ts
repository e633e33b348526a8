import type { ProxyReplica } from './config/proxy-setup.ts';
import { type ModelList, mergeModels } from './signals/merge-models.ts';
import { askModels, type ServedModels } from './signals/models-check.ts';
import type { CreateTransport } from './upstream/transport.ts';

const freshMs = 5_000;
const timeoutUs = 5_000_000;

export interface ModelsOptions {
  readonly createTransport: CreateTransport;
  readonly authorization: string | undefined;
  /** For people: what a replica serves, or why nobody knows. */
  readonly say: (message: string) => void;
}

/** What the replicas serve. */
export class Models {
  readonly #options: ModelsOptions;
  #answer: { readonly list: Promise<ModelList | undefined>; readonly askedMs: number } | undefined =
    undefined;
  /** By those that were checked. */
  readonly #served: string[] = [];
  /** Adapters that a replica says it has, by name; numbered from 1. */
  readonly #adapters = new Map<string, number>();

  constructor(options: ModelsOptions) {
    this.#options = options;
  }

  /** 0 for what is no adapter, as far as anybody has said. */
  adapterOf(model: string | undefined): number {
    return model === undefined ? 0 : (this.#adapters.get(model) ?? 0);
  }

  /** The lists of all that answer, as one; undefined when nobody does. */
  list(replicas: readonly ProxyReplica[]): Promise<ModelList | undefined> {
    const nowMs = performance.now();
    if (this.#answer === undefined || nowMs - this.#answer.askedMs > freshMs) {
      this.#answer = { askedMs: nowMs, list: this.#ask(replicas) };
    }
    return this.#answer.list;
  }

  /** Whether a newcomer serves what the others do; said, not enforced. */
  async check(replica: ProxyReplica): Promise<void> {
    const served = await this.#askOne(replica);
    const { say } = this.#options;
    if (served.kind === 'unclear') say(`${replica.name}: ${served.message}`);
    else if (served.ids.length === 0) say(`${replica.name} serves no model`);
    else if (!this.#served.some((id) => served.ids.includes(id))) {
      if (this.#served.length > 0) {
        const others = this.#served.join(', ');
        say(`${replica.name} serves ${served.ids.join(', ')}, and others ${others}`);
      }
      this.#served.push(...served.ids);
    }
  }

  async #ask(replicas: readonly ProxyReplica[]): Promise<ModelList | undefined> {
    const served = await Promise.all(replicas.map((replica) => this.#askOne(replica)));
    const lists = served.flatMap((one) => (one.kind === 'serves' ? [one.list] : []));
    return lists.length === 0 ? undefined : mergeModels(lists);
  }

  async #askOne({ url }: ProxyReplica): Promise<ServedModels> {
    const { authorization, createTransport } = this.#options;
    const served = await askModels({ url, createTransport, authorization, timeoutUs });
    if (served.kind === 'serves') {
      for (const { id, parent } of served.list.data) {
        const isAdapter = typeof parent === 'string' && !this.#adapters.has(id);
        if (isAdapter) this.#adapters.set(id, this.#adapters.size + 1);
      }
    }
    return served;
  }
}
