/** Counts of the server itself. */
export interface Usage {
  readonly promptTokens: number;
  /** NaN where it does not say. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** What one event of a stream, or a whole answer, says. */
export interface AnswerEvent {
  readonly hasContent: boolean;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly error: string | undefined;
}

/** The shapes of OpenAI's API and of what is served under its name; undefined for others. */
export function readEvent(json: string): AnswerEvent | undefined {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(event)) return undefined;
  const choice = Array.isArray(event['choices']) ? event['choices'][0] : undefined;
  const said = isObject(choice) ? choice : {};
  const reason = said['finish_reason'];
  return {
    hasContent: hasContent(said),
    finishReason: typeof reason === 'string' ? reason : undefined,
    usage: usageOf(event['usage']),
    error: errorOf(event),
  };
}

/** The message of an error, in the forms of OpenAI, vLLM and FastAPI. */
export function errorOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const { detail, error, message, object } = body;
  if (typeof error === 'string') return error;
  if (isObject(error)) return textOf(error['message']) ?? JSON.stringify(error);
  if (object === 'error') return textOf(message) ?? 'an error without a message';
  return detail === undefined ? undefined : (textOf(detail) ?? JSON.stringify(detail));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const contentKeys = ['content', 'reasoning_content', 'reasoning', 'tool_calls'];

function hasContent(choice: Readonly<Record<string, unknown>>): boolean {
  const said = choice['delta'] ?? choice['message'];
  if (isNotEmpty(choice['text'])) return true;
  return isObject(said) && contentKeys.some((key) => isNotEmpty(said[key]));
}

function isNotEmpty(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const details = usage['prompt_tokens_details'];
  const cached = isObject(details) ? details['cached_tokens'] : undefined;
  return {
    promptTokens: countOf(usage['prompt_tokens']),
    cachedTokens: countOf(cached),
    outputTokens: countOf(usage['completion_tokens']),
  };
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : Number.NaN;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
