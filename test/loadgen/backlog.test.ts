import { expect, test } from 'vitest';
import { smallScenario } from '../support/scenarios.ts';
import { playByHand } from './support/manual-clients.ts';

test('behind the window no more is sent than a busy server would have on its way', () => {
  const traffic = {
    arrivals: { kind: 'constant', rate: 100 },
    input: { kind: 'constant', tokens: 8 },
    output: { kind: 'constant', tokens: 1 },
  };
  const scenario = smallScenario({ traffic: [traffic], warmup: '0s', duration: '2s' });
  // Nothing is ever answered; without a bound there would be 36,000 within the hour.
  const { clients } = playByHand(scenario, () => {}, { mostUs: 200e6 });
  expect(clients.inFlight).toBe(clients.counted + 10_000);
});
