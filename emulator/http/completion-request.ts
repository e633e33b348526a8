import { z } from 'zod';
import { chatTokens } from '../tokens/chat-template.ts';
import { tokenIds } from '../tokens/tokenizer.ts';
import { type ApiError, badRequest } from './api-errors.ts';

export type CompletionKind = 'chat' | 'completion';

/** What is wanted, of either kind of completion. */
export interface CompletionRequest {
  readonly kind: CompletionKind;
  readonly model: string | undefined;
  readonly prompt: readonly number[];
  /** Undefined for as many as fit, or for the 16 of `/v1/completions`. */
  readonly maxTokens: number | undefined;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  /** How long the answer is by itself, where the client says so. */
  readonly outputTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  readonly priority: number;
  readonly cacheSalt: string | undefined;
}

const message = z.looseObject({
  role: z.string(),
  content: z
    .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
    .nullish(),
});

const whole = z.int().min(0);

const both = {
  model: z.string().nullish(),
  max_tokens: z.int().min(1).nullish(),
  min_tokens: whole.nullish(),
  ignore_eos: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .looseObject({
      include_usage: z.boolean().nullish(),
      continuous_usage_stats: z.boolean().nullish(),
    })
    .nullish(),
  n: z.int().min(1).nullish(),
  priority: z.int().nullish(),
  cache_salt: z.string().min(1).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  vllm_xargs: z.looseObject({ output_tokens: z.int().min(1).nullish() }).nullish(),
};

const chatSchema = z.looseObject({
  ...both,
  messages: z.array(message).min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: z.unknown().optional(),
});

const ids = z.array(whole).min(1);

const completionSchema = z.looseObject({
  ...both,
  prompt: z.union([z.string(), ids, z.array(z.string()).min(1), z.array(ids).min(1)]),
  best_of: z.int().nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.int().nullish(),
});

type Chat = z.output<typeof chatSchema>;
type Completion = z.output<typeof completionSchema>;

/** Reads the body of a request; what is wrong with it comes back as the answer of vLLM. */
export function readCompletion(
  kind: CompletionKind,
  body: unknown,
): { readonly request: CompletionRequest } | { readonly error: ApiError } {
  const parsed = (kind === 'chat' ? chatSchema : completionSchema).safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue!.path.join('.');
    return { error: badRequest(`${where === '' ? 'body' : where}: ${issue!.message}`, where) };
  }
  const data = parsed.data as Chat & Completion;
  const error = notEmulated(data);
  if (error !== undefined) return { error };
  const prompt = kind === 'chat' ? chatTokens(data.messages) : promptTokens(data.prompt);
  if (prompt === undefined) {
    return { error: badRequest('This emulated server takes one prompt in a request.', 'prompt') };
  }
  if (prompt.length === 0) return { error: badRequest('The prompt is empty.', 'prompt') };
  return { request: { kind, prompt, ...limitsOf(kind, data), ...streamingOf(data) } };
}

function limitsOf(kind: CompletionKind, data: Chat & Completion) {
  return {
    model: data.model ?? undefined,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? (kind === 'chat' ? undefined : 16),
    minTokens: data.min_tokens ?? 0,
    ignoreEos: data.ignore_eos ?? false,
    outputTokens: data.vllm_xargs?.output_tokens ?? undefined,
    priority: data.priority ?? 0,
    cacheSalt: data.cache_salt ?? undefined,
  };
}

function streamingOf({ stream, stream_options: options }: Chat & Completion) {
  const continuousUsage = options?.continuous_usage_stats ?? false;
  return {
    stream: stream ?? false,
    includeUsage: options?.include_usage ?? false,
    continuousUsage: (options?.include_usage ?? false) && continuousUsage,
  };
}

/** Better refused than answered with something else. */
function notEmulated(data: Chat & Completion): ApiError | undefined {
  const refuse = (param: string, advice: string) =>
    badRequest(`This emulated server does not do ${param}. ${advice}`, param);
  if ((data.n ?? 1) > 1) return refuse('n > 1', 'Send as many requests instead.');
  if ((data.best_of ?? 1) > 1) return refuse('best_of > 1', 'Leave it out.');
  if (data.echo === true) return refuse('echo', 'Leave it out.');
  if (data.logprobs !== undefined && data.logprobs !== null && data.logprobs !== false) {
    return refuse('logprobs', 'Leave it out.');
  }
  // Nor does vLLM call tools, unless it is started with a parser for them.
  if ((data.tools ?? []).length > 0 && data.tool_choice !== 'none') {
    return refuse('tools', 'Leave them out, or send "tool_choice": "none".');
  }
  if ((data.response_format?.type ?? 'text') !== 'text') {
    return refuse('response_format', 'Leave it out: the words of its answers are made up.');
  }
  if (data.min_tokens != null && data.max_tokens != null && data.min_tokens > data.max_tokens) {
    const most = `max_tokens=${data.max_tokens}`;
    return badRequest(`min_tokens must be less than or equal to ${most}, got ${data.min_tokens}.`);
  }
  if (data.stream_options != null && data.stream !== true) {
    return badRequest('Stream options can only be defined when `stream=True`.', 'stream_options');
  }
  return undefined;
}

/** Undefined for several prompts. */
function promptTokens(prompt: Completion['prompt']): readonly number[] | undefined {
  if (typeof prompt === 'string') return tokenIds(prompt);
  const [first] = prompt;
  if (typeof first === 'number') return prompt as readonly number[];
  if (prompt.length > 1) return undefined;
  return typeof first === 'string' ? tokenIds(first) : first;
}
