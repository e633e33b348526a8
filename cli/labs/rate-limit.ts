import { setTimeout as sleep } from 'node:timers/promises';
import { FairleadError } from '../../core/errors.ts';
import { formatDurationUs } from '../../core/time.ts';
import { sha256Of } from '../../proxy/client/identify.ts';
import type { Lab, LabOptions } from './lab.ts';
import { type Asked, ask } from './lab-client.ts';
import { LabFleet } from './lab-fleet.ts';

const most = 10;

export const rateLimitLab: Lab = {
  name: 'rate-limit',
  summary: 'a client with ten requests a minute sends an eleventh: what is it told?',
  async play(options) {
    const window = formatDurationUs(options.windowUs);
    const fleet = await LabFleet.start(options, {
      keys: ['free', 'paid'].map((one) => ({ sha256: sha256Of(one), tenant: one, tier: one })),
      gateway: {
        admission: {
          tiers: { free: { requests: [{ kind: 'sliding-window', most, window }] }, paid: {} },
        },
      },
    });
    try {
      return await playAt(fleet, options);
    } finally {
      await fleet.stop();
    }
  },
};

async function playAt(fleet: LabFleet, { signal, tell, waits, windowUs }: LabOptions) {
  const window = formatDurationUs(windowUs);
  tell(`The client "free" may send ${most} requests in ${window}, "paid" as many as it likes.`);
  tell(`They send them to ${fleet.text}.`);
  const send = (key: string) =>
    ask({ url: fleet.url, key, promptIds: [1, 2, 3], maxTokens: 1, signal }).over;
  const startMs = performance.now();
  const free: Asked[] = [];
  for (let sent = 0; sent <= most; sent++) free.push(await send('free'));
  signal.throwIfAborted();
  const tookMs = performance.now() - startMs;
  if (tookMs * 1_000 > windowUs) {
    const message = `eleven requests took ${seconds(tookMs)} on this machine. Write a longer --window than ${window}.`;
    throw new FairleadError('USAGE', message);
  }
  tell(`free sends ${free.length} within ${seconds(tookMs)}: ${statuses(free)}.`);
  const last = free.at(-1)!;
  tell(`Request ${free.length} is told "Retry-After: ${last.retryAfterS}" (seconds).`);
  const paid: Asked[] = [];
  for (let sent = 0; sent <= most; sent++) paid.push(await send('paid'));
  signal.throwIfAborted();
  tell(`paid sends ${paid.length} at the same time: ${statuses(paid)}.`);
  const isTold = last.retryAfterS !== undefined && last.retryAfterS * 1e6 <= windowUs + 1e6;
  const checks = [
    { what: `the first ${most} are answered`, holds: free.slice(0, most).every(isAnswered) },
    { what: `request ${most + 1} gets 429`, holds: last.status === 429 },
    { what: `its Retry-After is at most ${window}`, holds: isTold },
    { what: 'the other client is not touched', holds: paid.every(isAnswered) },
  ];
  let again: Asked | undefined;
  if (waits && last.retryAfterS !== undefined) {
    tell(`free waits for ${last.retryAfterS} s, as it was told.`);
    await sleep(1_000 * last.retryAfterS, undefined, { signal });
    again = await send('free');
    signal.throwIfAborted();
    tell(`free sends one more: ${statuses([again])}.`);
    checks.push({ what: 'who comes again when told to is answered', holds: isAnswered(again) });
  }
  const retryAfterS = last.retryAfterS ?? null;
  const figures = {
    ...{ most, windowS: windowUs / 1e6, tookMs: Math.round(tookMs), retryAfterS },
    free: free.map(({ status }) => status),
    paid: paid.map(({ status }) => status),
    ...(again && { again: again.status }),
  };
  return { figures, checks };
}

function isAnswered({ end }: Asked): boolean {
  return end === 'whole';
}

function statuses(all: readonly Asked[]): string {
  const counts = new Map<number, number>();
  for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
