import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../scenarios/prompts/overhead.ts';
import { PromptWriter } from '../../../scenarios/prompts/prompt-writer.ts';
import { Transcript } from '../../../scenarios/prompts/transcript.ts';
import { type RequestSpec, RequestStream } from '../../../scenarios/request-stream.ts';
import { loadScenario } from '../../support/scenarios.ts';

// What a load generator does: ask for the next request, write its prompt, note its answer.

const scenario = loadScenario(`name: live
summary: Conversations of several tenants and tasks of agents.
model: Llama-3.1-8B
fleet: [{ name: a100, gpu: A100-80GB-SXM, replicas: 1 }]
traffic:
  - tenant: chat
    arrivals: { kind: poisson, rate: 1 }
    job:
      kind: conversation
      prefix: [{ tokens: 200 }]
      turns: 4
      question: { kind: exponential, mean: 50, min: 1 }
      answer: { kind: exponential, mean: 80, min: 1 }
  - tenant: agents
    arrivals: { kind: poisson, rate: 0.2 }
    job:
      kind: agents
      prefix: [{ tokens: 300 }]
      task: 400
      rounds: 3
      agents: 4
      branch: { kind: exponential, mean: 100, min: 1 }
      answer: 150
warmup: 0s
duration: 1m
slo: [ttft.p99 < 600ms]
strategies: [random]
`);

function* requests(count: number): Generator<RequestSpec> {
  const stream = new RequestStream(scenario, 1);
  for (let sent = 0; sent < count; sent++) {
    const request = stream.next();
    yield request;
    stream.ended?.(request.id, request.arrivalUs + 1_000_000);
  }
}

test('every prompt has the tokens of its request and ends with its user', () => {
  const transcript = new Transcript();
  const writer = new PromptWriter({ runSalt: '', transcript });
  for (const { prompt, promptTokens, answer, outputTokens } of requests(400)) {
    expect(writer.text(prompt).split(' ')).toHaveLength(promptTokens);
    const messages = writer.messages({ prompt, answer });
    const words = messages.flatMap(({ content }) => content.split(' '));
    expect(words).toHaveLength(promptTokens);
    expect(messages[0]!.role).toBe('system');
    expect(messages.at(-1)!.role).toBe('user');
    transcript.add(answer, outputTokens);
  }
});

test('each turn of a conversation holds all that was said, by either side', () => {
  const transcript = new Transcript();
  const writer = new PromptWriter({ runSalt: '', transcript });
  const held = new Map<number, ChatMessage[]>();
  let laterTurns = 0;
  for (const request of requests(400)) {
    if (request.tenant !== 'chat') continue;
    const messages = writer.messages(request);
    const before = held.get(request.session) ?? [];
    expect(messages.slice(0, before.length)).toEqual(before);
    expect(messages).toHaveLength(2 * request.turn);
    if (request.turn > 1) laterTurns += 1;
    const content = `Answer to ${request.id}.`;
    held.set(request.session, [...messages, { role: 'assistant', content }]);
    transcript.add(request.answer, request.outputTokens, {
      content,
      tokens: request.outputTokens,
    });
  }
  expect(laterTurns).toBeGreaterThan(50);
});
