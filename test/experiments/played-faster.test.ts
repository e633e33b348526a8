import { expect, test } from 'vitest';
import { usOf } from '../../core/time.ts';
import { EmulatorLag } from '../../experiments/live/emulator-lag.ts';
import {
  gatewayByTheClock,
  playableScenario,
  thresholdByTheClock,
} from '../../experiments/live/playable-scenario.ts';
import { inScenarioTime } from '../../experiments/live/scenario-time.ts';
import { runTask } from '../../experiments/run-task.ts';
import type { LiveRun } from '../../loadgen/live-run.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { startUpstream } from '../proxy/support/upstream.ts';
import { libraryScenario } from '../support/scenarios.ts';

const scenario = libraryScenario('azure-chat');

test('what was played faster is told in the time of the scenario', () => {
  const short = { ...scenario, warmupUs: 2e6, durationUs: 2e7 };
  const strategy = { name: 'round-robin', options: {} };
  const played = runTask({ scenario: short, strategy, seed: 1 });
  const [byClock, scaled] = [played, inScenarioTime(played as unknown as LiveRun, 8)].map((run) =>
    summariseRun({ ...run, replicas: [] }, []),
  );
  expect(scaled!.outcomes).toEqual(byClock!.outcomes);
  for (const [name, value] of Object.entries(byClock!.latencyMs!)) {
    const ratio = scaled!.latencyMs![name as 'ttftP50Ms']! / value!;
    expect(ratio, name).toBeCloseTo(8, 3);
  }
  expect(scaled!.metrics.itlP99Ms! / byClock!.metrics.itlP99Ms!).toBeCloseTo(8, 1);
  expect(scaled!.metrics.outputTokensPerS! * 8).toBeCloseTo(byClock!.metrics.outputTokensPerS!, 0);
});

test('the gateway of a faster run is as much faster, and changes in nothing else', () => {
  const gateway = {
    ...scenario.gateway,
    queue: { ordering: 'fcfs', maxWait: '60s', maxLength: 9 },
    monitor: { window: '1m', alertShare: 0.8, leastRequests: 20 },
  } as typeof scenario.gateway;
  const faster = gatewayByTheClock(gateway, 4);
  expect(usOf(faster.signals.every)).toBe(usOf(gateway.signals.every) / 4);
  expect(faster.queue).toEqual({ ordering: 'fcfs', maxWait: '15s', maxLength: 9 });
  expect(faster.monitor).toEqual({ window: '15s', alertShare: 0.8, leastRequests: 20 });
  expect(gatewayByTheClock(gateway, 1)).toBe(gateway);
  expect(thresholdByTheClock('ttft.p99 <= 2s', 4)).toBe('ttft.p99 <= 500ms');
  expect(thresholdByTheClock('goodput >= 99 %', 4)).toBe('goodput >= 99 %');
});

test('what cannot be played is left out of both worlds, and told', () => {
  const replicas = ['a100-1'];
  const event = { kind: 'slow' as const, at: '1s', replicas, factor: 2, for: '1s' };
  const signals = { ...scenario.gateway.signals, loss: 0.5 };
  const gateway = { ...scenario.gateway, signals, routers: 3 };
  const { scenario: playable, warnings } = playableScenario({
    ...{ ...scenario, gateway },
    events: [event],
  });
  expect(playable.events).toEqual([]);
  expect(playable.gateway.routers).toBeUndefined();
  expect(playable.gateway.signals.loss).toBe(0);
  expect(warnings.join()).toContain('1 event, gateway.routers, gateway.signals.loss');
  expect(playableScenario(scenario).warnings).toEqual([]);
});

test('the lag of emulated replicas is that since the beginning, and of the latest of them', async () => {
  let tokens = [0, 1_000, 1_000];
  const emulated = await startUpstream(({ response }) => {
    const bounds = ['0.001', '0.005', '+Inf'];
    const lines = bounds.map(
      (le, i) => `fairlead_emulator_lag_seconds_bucket{le="${le}"} ${tokens[i]}`,
    );
    response.end(`${lines.join('\n')}\n`);
  });
  const real = await startUpstream(({ response }) => response.writeHead(404).end());
  try {
    const lag = await EmulatorLag.begin([emulated.url, real.url]);
    expect(await lag.end()).toEqual({ p99Ms: null, silent: 1 });
    tokens = [980, 2_000, 2_000];
    expect((await lag.end()).p99Ms).toBeCloseTo(1 + (4 * 10) / 20, 6);
    tokens = [900, 1_900, 2_000];
    expect((await lag.end()).p99Ms).toBe(5);
    expect(await (await EmulatorLag.begin([real.url])).end()).toEqual({ p99Ms: null, silent: 1 });
  } finally {
    await emulated.close();
    await real.close();
  }
});
