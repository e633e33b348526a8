import fc from 'fast-check';
import { outcomes } from '../../core/request-record.ts';
import type { RequestSummary } from '../../proxy/observe/request-summary.ts';

/** An answered request, but for what is said. */
export function summaryWith(given: Partial<RequestSummary> = {}): RequestSummary {
  return {
    requestId: 'r-1',
    tenant: 'acme',
    tier: 'paid',
    session: 0,
    method: 'POST',
    path: '/v1/chat/completions',
    model: 'Llama-3.1-8B',
    isStreamed: true,
    outcome: 'ok',
    status: 200,
    errorCode: undefined,
    replica: 'a100-1',
    reason: 'first',
    attempts: 1,
    arrivalUs: 1_000_000,
    dispatchedUs: 1_000_400,
    firstTokenUs: 1_050_000,
    endUs: 2_050_000,
    overheadUs: 350,
    promptTokens: 700,
    cachedTokens: 512,
    outputTokens: 101,
    finishReason: 'stop',
    bytesIn: 3_000,
    bytesOut: 20_000,
    ...given,
  };
}

/** Whatever a proxy may see: times that are not reached, texts of anybody's choice. */
export function anySummary(): fc.Arbitrary<RequestSummary> {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const optional = fc.option(text, { nil: undefined });
  const count = fc.oneof(fc.constant(Number.NaN), fc.nat(200_000));
  const waitUs = fc.oneof(fc.constant(Number.NaN), fc.nat(1_000_000_000));
  const drawn = fc.record({
    requestId: text,
    tenant: text,
    tier: optional,
    session: fc.oneof(fc.constant(0), fc.maxSafeNat()),
    method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
    path: fc.oneof(fc.constant('/v1/completions'), fc.webUrl({ withQueryParameters: true }), text),
    model: optional,
    isStreamed: fc.boolean(),
    outcome: fc.constantFrom(...outcomes),
    status: fc.constantFrom(200, 400, 429, 499, 502, 503, 0),
    errorCode: optional,
    replica: optional,
    reason: fc.constantFrom('first', 'queued', 'retry', 'hedge', undefined),
    attempts: fc.nat(5),
    arrivalUs: fc.nat(2 ** 31 - 1),
    promptTokens: count,
    cachedTokens: count,
    outputTokens: count,
    finishReason: optional,
    bytesIn: count,
    bytesOut: count,
    overheadUs: waitUs,
  } satisfies Partial<{ [K in keyof RequestSummary]: fc.Arbitrary<RequestSummary[K]> }>);
  return fc.tuple(drawn, waitUs, waitUs, waitUs).map(([summary, queueUs, ttftUs, durationUs]) => ({
    ...summary,
    dispatchedUs: summary.arrivalUs + queueUs,
    firstTokenUs: summary.arrivalUs + ttftUs,
    endUs: summary.arrivalUs + durationUs,
  }));
}
