import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { medianCostS } from './measure.ts';
import { atLeast, atMost, type Benchmark } from './result.ts';
import { capacityRps, chat, constantLengths, run, type Setting, scenarioOf } from './sim-runs.ts';
import { SessionTraffic } from './traffic.ts';

const load = 0.75;
const unit = 'requests per CPU second';
const uniform = constantLengths(256, 256);

/** How fast the simulator is, each by its name. */
export function simBenchmarks(): Map<string, Benchmark> {
  const chatRps = load * capacityRps(chat);
  const uniformRps = load * capacityRps(uniform);
  const chatOf = (setting: Partial<Setting>): Setting => {
    const replicas = 16;
    return { replicas, rateRps: replicas * chatRps, requests: 200_000, lengths: chat, ...setting };
  };
  return new Map<string, Benchmark>([
    ['sim.chat.noPrefix.reqPerCpuS', () => atLeast(400_000, 1 / costS(chatOf({})), unit)],
    ['sim.chat.prefix.reqPerCpuS', () => atLeast(150_000, 1 / sessionCostS(16 * chatRps), unit)],
    ...[4, 16, 64].map((replicas): [string, Benchmark] => [
      `sim.uniform256.${replicas}.reqPerCpuS`,
      () => {
        const rateRps = replicas * uniformRps;
        return atLeast(300_000, 1 / costS(chatOf({ replicas, rateRps, lengths: uniform })), unit);
      },
    ]),
    ['sim.tenMillion.rssMb', () => atMost(2_000, tenMillionMb(16 * chatRps), 'MB')],
    [
      'sim.linear10x.ratio',
      () => {
        const few = costS(chatOf({ requests: 100_000 }));
        return atMost(11, (10 * costS(chatOf({ requests: 1_000_000 }))) / few, 'ratio');
      },
    ],
    [
      'sim.doubleOutput.ratio',
      () => {
        // Half the rate with answers twice as long keeps the batch.
        const rateRps = (16 * uniformRps) / 2;
        const doubled = { rateRps, lengths: constantLengths(256, 512) };
        const plain = { rateRps: 2 * rateRps, lengths: uniform };
        return atMost(1.3, costS(chatOf(doubled)) / costS(chatOf(plain)), 'ratio');
      },
    ],
    [
      'sim.fleet1000.ratio',
      () => atMost(2, costS(chatOf({ replicas: 1_000 })) / costS(chatOf({})), 'ratio'),
    ],
  ]);
}

/** CPU seconds for a request. */
function costS(setting: Setting): number {
  const scenario = scenarioOf(setting);
  return medianCostS((seed) => run(scenario, seed));
}

function sessionCostS(rateRps: number): number {
  const setting = { replicas: 16, rateRps, requests: 200_000, lengths: chat };
  const scenario = scenarioOf({ ...setting, enablePrefixCaching: true });
  return medianCostS((seed) => run(scenario, seed, new SessionTraffic(rateRps, seed)));
}

/** In a process of its own, so that nothing else is counted. */
function tenMillionMb(rateRps: number): number {
  const program = fileURLToPath(new URL('ten-million.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, String(rateRps)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the run of ten million requests failed');
  return Number(stdout);
}
