import type { Exchange } from './exchange.ts';
import type { RequestSummary } from './observe/request-summary.ts';

/** When a request has its outcome, or was refused before it came to the gateway. */
export function summaryOf(exchange: Exchange, nowUs: number): RequestSummary {
  const { answer, facts, features, request, tail } = exchange;
  const { client } = facts;
  const said = tail?.facts;
  const promptTokens = said?.promptTokens ?? Number.NaN;
  return {
    requestId: facts.requestId,
    tenant: client.tenant,
    tier: client.tier,
    session: request?.session ?? 0,
    method: facts.method,
    path: facts.url,
    model: features?.model,
    isStreamed: answer.isEventStream,
    outcome: request?.outcome ?? 'rejected',
    status: answer.status,
    errorCode: exchange.errorCode,
    replica: request?.replica?.name,
    reason: exchange.reason,
    attempts: request?.attempts ?? 0,
    arrivalUs: facts.arrivalUs,
    dispatchedUs: request?.dispatchedUs ?? Number.NaN,
    firstTokenUs: request?.firstTokenUs ?? Number.NaN,
    endUs: nowUs,
    overheadUs: exchange.overheadUs,
    promptTokens: Number.isNaN(promptTokens) ? (request?.promptTokens ?? Number.NaN) : promptTokens,
    cachedTokens: said?.cachedTokens ?? Number.NaN,
    outputTokens: said?.outputTokens ?? Number.NaN,
    finishReason: said?.finishReason,
    bytesIn: exchange.upstream?.body?.length ?? 0,
    bytesOut: answer.bytes,
  };
}
