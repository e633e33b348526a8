/** An answer of vLLM that is no completion: its status, and what its body says. */
export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly param: string | null;
}

export function badRequest(message: string, param: string | null = null): ApiError {
  return { status: 400, type: 'BadRequestError', message, param };
}

export function unknownModel(model: string): ApiError {
  const message = `The model \`${model}\` does not exist.`;
  return { status: 404, type: 'NotFoundError', message, param: 'model' };
}

export function queueFull(message: string): ApiError {
  return { status: 503, type: 'ServiceUnavailableError', message, param: null };
}

export function internalError(message: string): ApiError {
  return { status: 500, type: 'InternalServerError', message, param: null };
}

export function tooLong(most: number, prompt: number, asked: number | undefined): ApiError {
  const what =
    asked === undefined
      ? `your prompt contains ${prompt} input tokens, and leaves no room for an answer`
      : `you requested ${asked + prompt} tokens (${prompt} in the messages, ${asked} in the completion)`;
  const message = `This model's maximum context length is ${most} tokens. However, ${what}. Please reduce the length of the messages or completion.`;
  return badRequest(message, asked === undefined ? 'input_tokens' : 'max_tokens');
}

export function errorBody({ message, param, status, type }: ApiError): string {
  return JSON.stringify({ error: { message, type, param, code: status } });
}
