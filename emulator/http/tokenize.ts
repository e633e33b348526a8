import { z } from 'zod';
import { answerTexts } from '../tokens/answer-words.ts';
import { chatTokens } from '../tokens/chat-template.ts';
import { tokenId, tokenIds, tokenTexts } from '../tokens/tokenizer.ts';
import { type ApiError, badRequest } from './api-errors.ts';

/** Texts of ids that were asked for, so that they can be turned back. */
const texts = new Map<number, string>(answerTexts);
const mostTexts = 200_000;

const tokenizeSchema = z.union([
  z.looseObject({ prompt: z.string(), return_token_strs: z.boolean().nullish() }),
  z.looseObject({
    messages: z.array(z.looseObject({ role: z.string(), content: z.string().nullish() })).min(1),
    return_token_strs: z.boolean().nullish(),
  }),
]);

export interface Tokenized {
  readonly count: number;
  readonly max_model_len: number;
  readonly tokens: readonly number[];
  readonly token_strs: readonly string[] | null;
}

export function tokenize(body: unknown, maxModelLen: number): Tokenized | ApiError {
  const parsed = tokenizeSchema.safeParse(body);
  if (!parsed.success) return badRequest('Send {"prompt": "…"} or {"messages": […]}.');
  const { data } = parsed;
  const pieces = 'prompt' in data ? tokenTexts(data.prompt as string) : undefined;
  for (const piece of pieces ?? []) remember(piece);
  const tokens =
    'prompt' in data ? tokenIds(data.prompt as string) : chatTokens(data.messages as never);
  return {
    count: tokens.length,
    max_model_len: maxModelLen,
    tokens,
    token_strs: data.return_token_strs === true ? tokens.map(textOf) : null,
  };
}

const detokenizeSchema = z.looseObject({ tokens: z.array(z.int().min(0)) });

/** Of a token that nobody has asked for before, there is only its hash. */
export function detokenize(body: unknown): { readonly prompt: string } | ApiError {
  const parsed = detokenizeSchema.safeParse(body);
  if (!parsed.success) return badRequest('Send {"tokens": [1, 2, 3]}.', 'tokens');
  return { prompt: parsed.data.tokens.map(textOf).join('') };
}

function textOf(id: number): string {
  return texts.get(id) ?? '\ufffd';
}

function remember(piece: string): void {
  const id = tokenId(piece);
  if (texts.size >= mostTexts || texts.has(id)) return;
  // A slice would keep all of the text alive that it was cut from. UTF-16, which any piece can be
  // written in.
  texts.set(id, Buffer.from(piece, 'utf16le').toString('utf16le'));
}
