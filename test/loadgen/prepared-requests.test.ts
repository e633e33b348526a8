import { expect, test } from 'vitest';
import { TimeScale } from '../../loadgen/pacing/time-scale.ts';
import { PreparedRequests } from '../../loadgen/request/prepared-requests.ts';
import { allOfIt } from '../../scenarios/share.ts';
import { SharedStream } from '../../scenarios/shared-stream.ts';
import { smallScenario } from '../support/scenarios.ts';

test('no request is written when one is about to be due, however long the one before took', () => {
  const traffic = {
    arrivals: { kind: 'constant', rate: 100 },
    input: { kind: 'constant', tokens: 8 },
    output: { kind: 'constant', tokens: 1 },
  };
  const scenario = smallScenario({ traffic: [traffic], warmup: '0s', duration: '2s' });
  const writeUs = 4_000;
  let nowUs = -30_000;
  const prepared = new PreparedRequests({
    stream: new SharedStream(scenario, 1, allOfIt),
    clock: { nowUs: () => nowUs },
    scale: new TimeScale(1),
    writer: {
      write: () => {
        nowUs += writeUs;
        return Buffer.alloc(0);
      },
    },
  });
  prepared.fill();
  expect(nowUs).toBeGreaterThan(-30_000 + writeUs);
  expect(nowUs - prepared.nextUs).toBeLessThan(writeUs);
});
