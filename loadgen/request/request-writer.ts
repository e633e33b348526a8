import { type ChatMessage, noOverhead, type Overhead } from '../../scenarios/prompts/overhead.ts';
import { PromptWriter } from '../../scenarios/prompts/prompt-writer.ts';
import type { RequestSpec } from '../../scenarios/request-stream.ts';
import type { Target } from '../http/target.ts';
import { plainTokenIds } from './live-vocabulary.ts';

/** Which API is spoken: token ids of exact lengths, or chat as people use it. */
export const apis = ['completions', 'chat'] as const;
export type Api = (typeof apis)[number];

export interface RequestWriterOptions {
  readonly target: Target;
  readonly api: Api;
  readonly model: string;
  /** Names of the models that stand for adapters, by their number; the base model where unknown. */
  readonly adapterModels: ReadonlyMap<number, string>;
  /** For everybody, or for the tenants that have one of their own. */
  readonly apiKey: string | undefined;
  readonly tenantKeys: ReadonlyMap<string, string>;
  /** Runs with different salts share no prefix. */
  readonly runSalt: string;
  /** False for servers that do not know `ignore_eos`: answers may end early then. */
  readonly ignoresEos: boolean;
  /** False for servers that do not know `stream_options`: tokens are counted by pieces then. */
  readonly asksForUsage: boolean;
  /** Tokens that the server adds to messages, which are taken off prompts; of a chat only. */
  readonly overhead?: Overhead | undefined;
}

const byIds = { vocabulary: plainTokenIds };

/** Writes requests as they go over the wire, head and body in one piece. */
export class RequestWriter {
  readonly #options: RequestWriterOptions;
  readonly #prompts: PromptWriter;
  readonly #path: string;
  /** What all heads have in common, by tenant. */
  readonly #heads = new Map<string, string>();

  constructor(options: RequestWriterOptions) {
    const { api, runSalt, target } = options;
    this.#options = options;
    const isChat = api === 'chat';
    const overhead = options.overhead ?? noOverhead;
    this.#prompts = new PromptWriter(isChat ? { runSalt, overhead } : { runSalt, ...byIds });
    this.#path = `${target.basePath}/v1/${isChat ? 'chat/completions' : 'completions'}`;
  }

  write(spec: RequestSpec): Buffer {
    const { api } = this.#options;
    const { prompt, session, tenant } = spec;
    const said =
      api === 'chat'
        ? { messages: this.#prompts.messages(spec) }
        : { prompt: this.#prompts.tokenIds(prompt) };
    return this.#written(tenant, session, { ...said, ...this.#body(spec) });
  }

  /** Asks for one token in answer to these. */
  writeProbe(messages: readonly ChatMessage[]): Buffer {
    const body = { adapter: 0, cacheSalt: 0, outputTokens: 1, priority: 0 };
    return this.#written('', 0, { messages, ...this.#body(body) });
  }

  #written(tenant: string, ofSession: number, said: Readonly<Record<string, unknown>>): Buffer {
    const body = JSON.stringify(said);
    const session = ofSession > 0 ? `x-session-id: ${ofSession}\r\n` : '';
    // All of it is ASCII, unless a name is not.
    const length = Buffer.byteLength(body);
    const head = `${this.#head(tenant)}${session}content-length: ${length}\r\n\r\n`;
    return Buffer.from(head + body);
  }

  #head(tenant: string): string {
    const known = this.#heads.get(tenant);
    if (known !== undefined) return known;
    const { apiKey, target, tenantKeys } = this.#options;
    // Of a population or a trace, tenants bear the name of their entry before their own.
    const entries = [tenant, tenant.replace(/-\d+$/, ''), tenant.split('/', 1)[0]!];
    const key = entries.map((name) => tenantKeys.get(name)).find((one) => one !== undefined);
    const bearer = key ?? apiKey;
    const lines = [
      `POST ${this.#path} HTTP/1.1`,
      `host: ${target.authority}`,
      'content-type: application/json',
      'accept: text/event-stream',
      'user-agent: fairlead',
      ...(bearer === undefined ? [] : [`authorization: Bearer ${bearer}`]),
    ];
    const head = `${lines.join('\r\n')}\r\n`;
    this.#heads.set(tenant, head);
    return head;
  }

  #body(
    spec: Pick<RequestSpec, 'adapter' | 'cacheSalt' | 'outputTokens' | 'priority'>,
  ): Record<string, unknown> {
    const { adapterModels, asksForUsage, ignoresEos, model } = this.#options;
    const { adapter, cacheSalt, outputTokens, priority } = spec;
    return {
      model: adapterModels.get(adapter) ?? model,
      max_tokens: outputTokens,
      stream: true,
      ...(asksForUsage ? { stream_options: { include_usage: true } } : {}),
      ...(ignoresEos ? { ignore_eos: true } : {}),
      // vLLM refuses a priority unless it schedules by it.
      ...(priority === 0 ? {} : { priority }),
      ...(cacheSalt === 0 ? {} : { cache_salt: String(cacheSalt) }),
    };
  }
}
