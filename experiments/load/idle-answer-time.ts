import { plainRequest } from '../../scenarios/plain-request.ts';
import type { AnswerTime } from '../../scenarios/preview-stream.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';
import { type Scenario, withPlainGateway } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { findStrategy } from '../run-task.ts';

/**
 * How long a replica takes when it has nothing else to do, from three requests that differ in one
 * length each.
 */
export function idleAnswerTime(scenario: Scenario, group = scenario.fleet[0]!): AnswerTime {
  const longest = group.engine.maxModelLen ?? 4_096;
  const [short, long] = [Math.ceil(Math.min(64, longest / 8)), Math.floor(longest / 2)];
  const answer = Math.max(2, Math.min(128, Math.floor(longest / 4)));
  const us = [
    { promptTokens: short, outputTokens: 1 },
    { promptTokens: Math.min(long, 2_048), outputTokens: 1 },
    { promptTokens: short, outputTokens: answer },
  ].map((lengths) => alone({ ...scenario, fleet: [{ ...group, replicas: 1 }] }, lengths));
  const [baseUs, promptUs, answerUs] = us as [number, number, number];
  const perAnswerTokenUs = (answerUs - baseUs) / (answer - 1);
  const promptSpan = Math.max(1, Math.min(long, 2_048) - short);
  const perPromptTokenUs = Math.max(0, (promptUs - baseUs) / promptSpan);
  const nothingUs = baseUs - perAnswerTokenUs - perPromptTokenUs * short;
  return { baseUs: Math.max(0, nothingUs), perPromptTokenUs, perAnswerTokenUs };
}

function alone(
  scenario: Scenario,
  lengths: Pick<RequestSpec, 'outputTokens' | 'promptTokens'>,
): number {
  const { log } = simulate({
    scenario: {
      ...withPlainGateway(scenario),
      traffic: [],
      events: [],
      warmupUs: 0,
      durationUs: 3_600e6,
    },
    strategy: findStrategy('round-robin'),
    strategyOptions: {},
    seed: 0,
    traffic: oneRequest(lengths),
  });
  return log.numbers('endUs')[0]!;
}

function oneRequest(lengths: Pick<RequestSpec, 'outputTokens' | 'promptTokens'>): RequestSource {
  let sent = false;
  return {
    get nextArrivalUs() {
      return sent ? Number.POSITIVE_INFINITY : 0;
    },
    next() {
      sent = true;
      return plainRequest({ id: 0, arrivalUs: 0, tenant: 'nobody', ...lengths });
    },
  };
}
