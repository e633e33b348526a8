import { expect, test } from 'vitest';
import { chatOverhead } from '../../loadgen/chat-overhead.ts';
import { targetOf } from '../../loadgen/http/target.ts';
import { play } from '../../loadgen/play.ts';
import type { Api } from '../../loadgen/request/request-writer.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import { simulate } from '../../sim/simulate.ts';
import leastRequests from '../../strategies/least-requests.ts';
import { emulate } from '../emulator/support/emulation.ts';
import { plainWriter } from '../loadgen/support/manual-clients.ts';
import { smallScenario } from '../support/scenarios.ts';

// The same requests, each when the last has its answer: what a replica finds in its prefix cache by the tokens
// that came over the wire is what the simulated one finds by passages.

const scenario = smallScenario({
  replicas: 1,
  engine: { stepTime: { kind: 'fixed', stepMs: 2 }, maxModelLen: 2_048 },
  traffic: [
    {
      users: { users: 1 },
      // Not near the end of a block, since the marks of a chat are among its first tokens.
      prefix: [{ tokens: 200 }, { tokens: 96, choices: 3 }],
      input: { kind: 'uniform', min: 20, max: 120 },
      output: { kind: 'constant', tokens: 4 },
    },
  ],
  warmup: '0s',
  duration: '60s',
});

test.each<Api>(['completions', 'chat'])('%s finds the prefixes of the simulation', async (api) => {
  const emulation = await emulate({ enablePromptTokensDetails: true });
  try {
    const target = targetOf(emulation.url)!;
    const writing = { target, api, model: 'Llama-3.1-8B' };
    const overhead = api === 'chat' ? await chatOverhead(target, plainWriter(writing)) : undefined;
    const { failures, lengths, log } = await play({
      ...{ target, api, timeScale: 1, mostRequests: 40 },
      stream: new RequestStream(scenario, 1),
      writer: plainWriter({ ...writing, overhead }),
      ...{ warmupUs: scenario.warmupUs, durationUs: scenario.durationUs },
    });
    const simulated = simulate({ scenario, strategy: leastRequests, strategyOptions: {}, seed: 1 });
    expect(failures).toEqual([]);
    expect(lengths).toMatchObject({ otherPrompts: 0, otherAnswers: 0, withoutUsage: 0 });
    const live = figuresOf(log);
    expect(live).toEqual(figuresOf(simulated.log).slice(0, 40));
    expect(live.filter(([, , cached]) => cached! >= 288).length).toBeGreaterThan(20);
  } finally {
    await emulation.stop();
  }
});

function figuresOf(log: ReturnType<typeof simulate>['log']): number[][] {
  return [...log.rows()]
    .sort((a, b) => a.id - b.id)
    .map(({ cachedTokens, inputTokens, outputTokens }) => {
      // vLLM does not tell that nothing was cached.
      return [inputTokens, outputTokens, Number.isNaN(cachedTokens) ? 0 : cachedTokens];
    });
}
