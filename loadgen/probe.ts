import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import type { RequestSpec } from '../scenarios/request-stream.ts';
import { isObject } from './answer/answer-events.ts';
import type { Failure } from './answer/failure.ts';
import { LiveAnswer } from './answer/live-answer.ts';
import { HttpClient } from './http/http-client.ts';
import type { Target } from './http/target.ts';
import { HighResolutionClock } from './pacing/run-clock.ts';
import type { Api, RequestWriter } from './request/request-writer.ts';

const probeTimeoutMs = 15_000;

export interface ModelsOptions {
  readonly target: Target;
  readonly apiKey: string | undefined;
  /** The one asked for; the first that is served otherwise. */
  readonly model: string | undefined;
}

export interface ServedModels {
  readonly model: string;
  /** Empty where the server does not list them. */
  readonly all: readonly string[];
}

/** Asks the server which models it has, and says what is wrong where that fails. */
export async function servedModels({
  apiKey,
  model,
  target,
}: ModelsOptions): Promise<ServedModels> {
  const url = urlOf(target);
  const { status, text } = await fetchModels(url, apiKey);
  if (status === 401 || status === 403) throw unauthorized(url, status, apiKey);
  const all = status === 200 ? modelNames(text) : undefined;
  if (all === undefined || all.length === 0) {
    if (model !== undefined && status === 404) return { model, all: [] };
    const message = `${url}/v1/models answered ${status}, and names no model: is this a server of OpenAI's API? Give its base URL, as "--url http://127.0.0.1:8000", and --model where it does not list its models.`;
    throw new FairleadError('TARGET_NOT_OPENAI', message);
  }
  if (model === undefined) return { model: all[0]!, all };
  if (all.includes(model)) return { model, all };
  const message = `${url} does not serve the model "${model}". ${suggestion(model, all)}`;
  throw new FairleadError('TARGET_MODEL_UNKNOWN', message);
}

/** One short request as all others will be: what is refused is told before the run. */
export async function tryOneRequest(
  target: Target,
  writer: Pick<RequestWriter, 'write'>,
  api: Api,
): Promise<void> {
  const http = new HttpClient(target, new HighResolutionClock());
  const failure = await new Promise<Failure | undefined>((resolve) => {
    const onAnswer = (result: Failure | undefined) => resolve(result);
    const answer = new LiveAnswer(api, { onFirstToken: () => {}, onGap: () => {}, onAnswer });
    http.send(writer.write(shortRequest), answer);
    const message = `no answer to a prompt of ${shortRequest.promptTokens} tokens within ${probeTimeoutMs / 1_000} s`;
    setTimeout(() => resolve({ kind: 'closed', message }), probeTimeoutMs).unref();
  });
  http.close();
  // A busy server may turn anybody away, and the run will count that.
  if (failure === undefined || (failure.kind === 'status' && failure.status >= 429)) return;
  throw refusedProbe(urlOf(target), failure);
}

export function urlOf({ authority, basePath, isTls }: Target): string {
  return `${isTls ? 'https' : 'http'}://${authority}${basePath}`;
}

async function fetchModels(url: string, apiKey: string | undefined) {
  // Loaded only when needed: it takes as long as all the rest.
  const { request } = await import('undici');
  try {
    const { body, statusCode } = await request(`${url}/v1/models`, {
      headersTimeout: probeTimeoutMs,
      bodyTimeout: probeTimeoutMs,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      reset: true,
    });
    return { status: statusCode, text: await body.text() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const text = `${url}: no server answers there (${message || code}). Check host and port, and that the server is up: curl ${url}/v1/models`;
    throw new FairleadError('TARGET_UNREACHABLE', text);
  }
}

function modelNames(text: string): string[] | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(body) || !Array.isArray(body['data'])) return undefined;
  return body['data'].flatMap((one: unknown) =>
    isObject(one) && typeof one['id'] === 'string' ? [one['id']] : [],
  );
}

function unauthorized(url: string, status: number, apiKey: string | undefined): FairleadError {
  const found = apiKey === undefined ? 'wants an API key' : 'does not take this API key';
  const message = `${url} ${found} (status ${status}). Give it with --api-key, or with --tenant-key name=key where tenants have their own.`;
  return new FairleadError('TARGET_UNAUTHORIZED', message);
}

function refusedProbe(url: string, failure: Failure): FairleadError {
  const status = failure.kind === 'status' ? failure.status : 0;
  if (status === 401 || status === 403) return unauthorized(url, status, '');
  const said = status > 0 ? `status ${status}: ${failure.message}` : failure.message;
  const advice =
    status === 400 || status === 422
      ? 'Where it does not know ignore_eos, stream_options or token ids, write --no-ignore-eos, --no-usage or --api chat.'
      : 'Where it has no /v1/completions, write --api chat.';
  return new FairleadError(
    'TARGET_NOT_OPENAI',
    `${url} refuses a short request (${said}). ${advice}`,
  );
}

const shortRequest: RequestSpec = {
  ...{ id: 0, arrivalUs: 0, tenant: '', session: 0, turn: 0, turns: 0 },
  ...{ promptTokens: 8, outputTokens: 1, finish: 'length', priority: 0, adapter: 0, cacheSalt: 0 },
  limits: { ttftUs: Infinity, tpotUs: Infinity, e2eUs: Infinity },
  prompt: [{ text: 0, from: 0, tokens: 8 }],
  answer: { text: 0, from: 8 },
  client: undefined,
  leavesAfterUs: Infinity,
};
