import { z } from 'zod';
import type { CreateTransport } from '../upstream/transport.ts';
import { type Answer, ask } from './ask.ts';
import type { ModelList } from './merge-models.ts';

export interface ModelsCheckOptions {
  readonly url: URL;
  readonly createTransport: CreateTransport;
  readonly authorization: string | undefined;
  readonly timeoutUs: number;
}

export type ServedModels =
  | { readonly kind: 'serves'; readonly ids: readonly string[]; readonly list: ModelList }
  /** `message` is for people: what was asked, what came, and what to do. */
  | { readonly kind: 'unclear'; readonly message: string };

const path = '/v1/models';
const mostBytes = 1024 * 1024;

/** Asks one replica what it serves. */
export function askModels(options: ModelsCheckOptions): Promise<ServedModels> {
  const { authorization, createTransport, timeoutUs, url } = options;
  const transport = createTransport(url);
  const question = { path, authorization, timeoutUs, mostBytes };
  return new Promise((resolve) => {
    ask(transport, question, (answer) => {
      transport.close();
      resolve(understood(answer, new URL(path, url).href));
    });
  });
}

function understood(answer: Answer, address: string): ServedModels {
  switch (answer.kind) {
    case 'answered':
      return answer.status === 200
        ? listed(answer.body, address)
        : unclear(`${address} answered ${answer.status}${adviceOn(answer.status)}`);
    case 'refused':
      return unclear(
        `Cannot connect to ${address} (${answer.message}). Is the replica up, and is this its address?`,
      );
    case 'time-out':
      return unclear(
        `Asked ${address}, but ${answer.message}. The replica may still be loading its model, or it hangs.`,
      );
    case 'broken':
      return unclear(
        `Asked ${address}, but ${answer.message}. Is this an HTTP server of a replica?`,
      );
  }
}

function unclear(message: string): ServedModels {
  return { kind: 'unclear', message };
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) {
    return ': it wants another key. Set the one it was started with (`upstreamApiKey`).';
  }
  if (status === 404) {
    return ': it has no such page. Is this the address of an OpenAI-compatible server, without `/v1` at its end?';
  }
  if (status >= 500) return ': it is in trouble itself, see its log.';
  return ', not 200. Is this the address of an OpenAI-compatible server?';
}

const listSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string().min(1) })) });

function listed(body: Buffer, address: string): ServedModels {
  const text = body.toString('utf8');
  const parsed = listSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    return unclear(`${address} answered 200, but not with a list of models: ${excerptOf(text)}`);
  }
  const list: ModelList = parsed.data;
  const ids = [...new Set(list.data.map(({ id }) => id))];
  if (ids.length > 0) return { kind: 'serves', ids, list };
  return unclear(`${address} answered with an empty list. Has the replica loaded its model?`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shown = 80;

/** On one line, and without what could move the cursor of a terminal. */
function excerptOf(text: string): string {
  const line = text
    .slice(0, 2 * shown)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (line === '') return 'the answer is empty.';
  return line.length > shown ? `\`${line.slice(0, shown)}…\`` : `\`${line}\``;
}
