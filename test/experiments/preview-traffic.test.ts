import { expect, test } from 'vitest';
import { previewTraffic } from '../../experiments/preview/preview-traffic.ts';
import { PrefixReuse } from '../../scenarios/prefix-reuse.ts';
import { PreviewStream } from '../../scenarios/preview-stream.ts';
import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { libraryScenario, loadScenario } from '../support/scenarios.ts';

const noTime = { baseUs: 1e6, perPromptTokenUs: 0, perAnswerTokenUs: 0 };

function scenarioWith(traffic: readonly object[], duration = '10m'): Scenario {
  const fleet = [{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 2 }];
  const text = { name: 'p', summary: 'P.', model: 'Llama-3.1-8B', fleet, traffic, duration };
  return loadScenario(JSON.stringify(text), 'preview.json');
}

const talk = {
  tenant: 'talk',
  arrivals: { kind: 'poisson', rate: 0.2 },
  job: {
    kind: 'conversation',
    prefix: [{ tokens: 300, choices: 3 }],
    context: 100,
    turns: 4,
    question: 20,
    answer: 30,
    think: '10s',
  },
};
const agents = {
  tenant: 'agents',
  users: { users: 3, pause: '5s' },
  job: { kind: 'agents', task: 200, rounds: 2, agents: 3, branch: 40, answer: 10 },
};

/** Token by token: what the requests before have read and written, as texts of their own. */
function reusedByHand(requests: readonly RequestSpec[]): number[] {
  const seen = new Set<string>();
  return requests.map(({ answer, cacheSalt, outputTokens, prompt }) => {
    const tokens = prompt.flatMap(({ from, text, tokens: count }) =>
      Array.from({ length: count }, (_, index) => `${cacheSalt}/${text}/${from + index}`),
    );
    const unknown = tokens.findIndex((token) => !seen.has(token));
    for (const token of tokens) seen.add(token);
    for (let index = 0; index < outputTokens; index++) {
      seen.add(`${cacheSalt}/${answer.text}/${answer.from + index}`);
    }
    return unknown < 0 ? tokens.length : unknown;
  });
}

test.each([
  ['conversations', [talk]],
  ['agents', [agents]],
  ['conversations that share nothing', [{ ...talk, cacheSalt: 'session' }]],
  ['both', [talk, agents]],
])('a cache without an end finds what was read and written before: %s', (_name, traffic) => {
  const stream = new PreviewStream(new RequestStream(scenarioWith(traffic), 1), noTime);
  const requests = Array.from({ length: 150 }, () => stream.next());
  const reuse = new PrefixReuse();
  const found = requests.map((request) => reuse.add(request));
  expect(found).toEqual(reusedByHand(requests));
  expect(found.some((tokens) => tokens > 0)).toBe(true);
});

test('what stands behind a gap is not found, though it was seen', () => {
  const stream = new RequestStream(scenarioWith([{ ...talk, tenant: 'any' }]), 1);
  const some = stream.next();
  const passages = [10, 20, 30].map((tokens, text) => ({ text: text + 1e6, from: 0, tokens }));
  const [first, second, third] = passages;
  const reuse = new PrefixReuse();
  expect(reuse.add({ ...some, prompt: [second!, third!] })).toBe(0);
  expect(reuse.add({ ...some, prompt: [first!, second!, third!] })).toBe(0);
  expect(reuse.add({ ...some, prompt: [first!, { ...second!, tokens: 25 }, third!] })).toBe(30);
  expect(reuse.add({ ...some, prompt: passages, cacheSalt: 9 })).toBe(0);
});

test('a preview counts the requests of a run, no more and no less', () => {
  const scenario = libraryScenario('azure-chat');
  const { all, entries, tenants } = previewTraffic(scenario, { seed: 7 });
  const stream = new RequestStream(scenario, 7);
  let [requests, promptTokens] = [0, 0];
  while (stream.nextArrivalUs < 720e6) {
    promptTokens += stream.next().promptTokens;
    requests += 1;
  }
  expect(all.requests).toBe(requests);
  expect(all.prompt.mean).toBeCloseTo(promptTokens / requests, 1);
  expect(all.rps.reduce((sum, rps) => sum + rps, 0) / all.rps.length).toBeCloseTo(all.meanRps, 3);
  expect([tenants.length, entries.length, all.sessions]).toEqual([0, 1, null]);
});

test('histograms hold every request once, in bins without gaps', () => {
  const { all } = previewTraffic(scenarioWith([talk, agents]));
  for (const { histogram, max } of [all.prompt, all.answer]) {
    expect(histogram.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4);
    for (const [index, { from }] of histogram.entries()) {
      if (index > 0) expect(from).toBe(histogram[index - 1]!.until);
    }
    expect(histogram.at(-1)!.until).toBeGreaterThan(max);
  }
});

test('what waits for answers gets them after the time of an idle replica, and this is told', () => {
  const preview = previewTraffic(scenarioWith([talk, agents]));
  expect(preview.answerTime).toMatchObject({ group: 'a100' });
  const { perAnswerTokenUs, perPromptTokenUs } = preview.answerTime!;
  expect(perAnswerTokenUs).toBeGreaterThan(10 * perPromptTokenUs);
  const [first] = preview.tenants;
  // Three users, each with two rounds of three requests and seven seconds of pause and tools.
  expect(first).toMatchObject({ name: 'agents', sessions: { requestsMax: 6 } });
  expect(first!.sessions!.followUpShare).toBeCloseTo(0.5, 1);
  expect(first!.meanRps).toBeGreaterThan((3 * 6) / 10);
  expect(first!.meanRps).toBeLessThan((3 * 6) / 7);
  expect(preview.tenants.map(({ name }) => name)).toEqual(['agents', 'talk']);
  expect(preview.tenants[1]!.sessions!.requestsMean).toBeCloseTo(4, 0);
});

test('a preview of too much traffic says where it ends', () => {
  const [whole, cut] = [200_000, 500].map((mostRequests) =>
    previewTraffic(libraryScenario('azure-chat'), { mostRequests }),
  );
  expect(whole!.shownUntilUs).toBe(720e6);
  expect(cut!.all.requests).toBe(500);
  expect(cut!.shownUntilUs).toBeLessThan(40e6);
  expect(cut!.all.meanRps / whole!.all.meanRps).toBeCloseTo(1, 0);
});

test('of many tenants, those with the most requests are told apart', () => {
  const many = {
    arrivals: { kind: 'poisson', rate: 10 },
    population: { tenants: 300, zipf: 1.2 },
    lengths: [[100, 10]],
  };
  const { all, tenantCount, tenants } = previewTraffic(scenarioWith([many]));
  expect(tenants).toHaveLength(5);
  expect(tenants[0]!.name).toBe('default-1');
  expect(tenantCount).toBeGreaterThan(200);
  const shares = tenants.map(({ requests }) => requests / all.requests);
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
});
