import type { Lab, LabCheck } from './lab.ts';
import { ask } from './lab-client.ts';
import { LabFleet } from './lab-fleet.ts';

const requests = 20;
const half = requests / 2;

/**
 * By how many each of two replicas may differ from half of twenty equal requests that are all under
 * way at once. Who counts, or takes turns, is exact; who draws is further off once in 25,000 runs.
 * What is not here, such as affinity to a prefix, promises no even spread.
 */
const mostOff: Readonly<Record<string, number>> = {
  'round-robin': 0,
  'weighted-round-robin': 0,
  'haproxy-roundrobin': 0,
  'least-requests': 0,
  'least-tokens': 0,
  'nginx-least-conn': 0,
  'haproxy-leastconn': 0,
  'power-of-two': 0,
  random: 8,
  'weighted-random': 8,
};

export const spreadLab: Lab = {
  name: 'spread',
  summary: 'twenty requests at once over two replicas: how many does each get?',
  async play({ signal, strategy, tell }) {
    const fleet = await LabFleet.start({ strategy });
    try {
      tell(`${requests} requests at once, over ${fleet.text}.`);
      const all = await Promise.all(
        Array.from({ length: requests }, (_, index) => {
          // Prompts that have nothing in common.
          const promptIds = Array.from({ length: 64 }, (_, at) => 1_000 * index + at);
          return ask({ url: fleet.url, promptIds, maxTokens: 64, signal }).over;
        }),
      );
      signal.throwIfAborted();
      const byHeader = [0, 1].map((replica) => {
        const name = fleet.nameOf(replica);
        return all.filter((asked) => asked.replica === name).length;
      });
      const byMetrics = await Promise.all([0, 1].map((one) => served(fleet.replicaUrl(one))));
      tell(`Answers say by x-fairlead-replica: ${text(fleet, byHeader)}.`);
      tell(`Replicas say in their /metrics:    ${text(fleet, byMetrics)}.`);
      const answered = all.filter(({ end }) => end === 'whole').length;
      return {
        figures: { strategy: fleet.strategy, requests, answered, byHeader, byMetrics },
        checks: [
          { what: `all ${requests} are answered`, holds: answered === requests },
          { what: 'both count the same', holds: String(byHeader) === String(byMetrics) },
          evenness(fleet.strategy, byHeader),
        ],
      };
    } finally {
      await fleet.stop();
    }
  },
};

function evenness(strategy: string, counts: readonly number[]): LabCheck {
  const most = mostOff[strategy];
  if (most === undefined) return { what: `${strategy} promises no even spread`, holds: true };
  const range = most === 0 ? `${half}` : `from ${half - most} to ${half + most}`;
  const what = `each gets ${range}, as ${strategy} promises`;
  return { what, holds: counts.every((count) => Math.abs(count - half) <= most) };
}

/** Requests that a replica has answered, as it counts them itself. */
async function served(url: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.startsWith('vllm:request_success_total{'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function text(fleet: LabFleet, counts: readonly number[]): string {
  return counts.map((count, replica) => `${fleet.nameOf(replica)} ${count}`).join(', ');
}
