import {
  noOverhead,
  type Overhead,
  overheadOf,
  overheadProbes,
} from '../scenarios/prompts/overhead.ts';
import { LiveAnswer } from './answer/live-answer.ts';
import { HttpClient } from './http/http-client.ts';
import type { Target } from './http/target.ts';
import { HighResolutionClock } from './pacing/run-clock.ts';
import type { RequestWriter } from './request/request-writer.ts';

/** Of a server that has answered a first request just before. */
const probeTimeoutMs = 15_000;

/**
 * How many tokens the server's chat template adds, by what it counts for three short messages. A
 * server that does not count says nothing, and prompts are then longer than the scenario has them.
 */
export async function chatOverhead(
  target: Target,
  writer: Pick<RequestWriter, 'writeProbe'>,
): Promise<Overhead> {
  const http = new HttpClient(target, new HighResolutionClock());
  const counted = (probe: keyof Overhead) =>
    new Promise<number>((resolve) => {
      const answer = new LiveAnswer('chat', {
        onFirstToken: () => {},
        onGap: () => {},
        onAnswer: () => resolve(answer.usage?.promptTokens ?? Number.NaN),
      });
      setTimeout(() => resolve(Number.NaN), probeTimeoutMs).unref();
      http.send(writer.writeProbe(overheadProbes[probe]), answer);
    });
  const [alone, system, exchange] = await Promise.all([
    ...[counted('alone'), counted('system'), counted('exchange')],
  ]);
  http.close();
  const overhead = overheadOf({ alone: alone!, system: system!, exchange: exchange! });
  return Object.values(overhead).some(Number.isNaN) ? noOverhead : overhead;
}
