import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab, LabCheck, LabOptions, LabResult } from './lab.ts';
import type { Asked } from './lab-client.ts';
import { LabFleet, type ReplicaState } from './lab-fleet.ts';
import { SteadyRequests } from './steady-requests.ts';

/** Which of the two is killed. */
const victim = 0;
const longRequests = 6;
/** A machine that is busy may miss the moment at which they wait. */
const mostLongRounds = 4;
/** What is promised, and how long to wait in vain for what is not. */
const outWithinMs = 30_000;
const backWithinMs = 45_000;

export const failoverLab: Lab = {
  name: 'failover',
  summary: 'one of two replicas is killed under load: who notices, and for how long?',
  play: playFailover,
};

async function playFailover(options: LabOptions): Promise<LabResult> {
  const fleet = await LabFleet.start(options, { gateway: gatewayWith(options.budget) });
  const load = new SteadyRequests({ url: fleet.url, signal: options.signal });
  try {
    options.tell(`20 requests a second, over ${fleet.text}.`);
    const times = await killAndRestart(fleet, load, options);
    const all = await load.finish();
    options.signal.throwIfAborted();
    return resultOf(all, times, fleet, options.tell);
  } finally {
    await load.finish();
    await fleet.stop();
  }
}

/** The default of the proxy, but for the budget of retries, where one is given. */
function gatewayWith(budget: number | undefined) {
  return {
    timeouts: {},
    retries: budget === undefined ? {} : { budget, atLeast: 1 },
    health: { active: { every: '10s' }, passive: { kind: 'ejection' } },
    queue: {},
  };
}

/** In milliseconds after the kill; undefined for what did not happen in time. */
interface Times {
  readonly before: ReplicaState;
  readonly outMs: number | undefined;
  readonly attemptsAfter: number;
  /** The last attempt that went to the dead replica; undefined where none did after the kill. */
  readonly lastAttemptMs: number | undefined;
  readonly restartedMs: number;
  readonly backMs: number | undefined;
}

async function killAndRestart(
  fleet: LabFleet,
  load: SteadyRequests,
  { signal, tell }: LabOptions,
): Promise<Times> {
  const name = fleet.nameOf(victim);
  const startMs = performance.now();
  const at = (event: string) =>
    tell(`${((performance.now() - startMs) / 1_000).toFixed(1).padStart(6)} s  ${event}`);
  const until = patience(signal);
  await sleep(3_000, undefined, { signal });
  let before: ReplicaState;
  let sent = 0;
  do {
    load.sendLong(longRequests);
    await until(2_000, async () => (await fleet.stateOf(victim)).awaiting > 1);
    before = await fleet.stateOf(victim);
    sent += 1;
  } while (before.awaiting <= 1 && sent < mostLongRounds);
  const killedMs = performance.now();
  await fleet.kill(victim);
  const { awaiting, inFlight } = before;
  at(
    `kill -9 of ${name}: it streams ${inFlight - awaiting} answers, and ${awaiting} requests wait there`,
  );
  const outMs = await until(outWithinMs, async () => (await fleet.stateOf(victim)).state !== 'up');
  at(`${name} is ${(await fleet.stateOf(victim)).state}`);
  // The dead one is left dead for a while, to see that nothing is sent there.
  await sleep(5_000, undefined, { signal });
  const later = (await fleet.decisions()).filter(
    ({ atUs, replica }) => replica === name && atUs > killedMs * 1_000,
  );
  await fleet.restart(victim);
  const restartedMs = performance.now();
  at(`${name} is started again`);
  const isBack = ({ firstMs, replica }: Asked) =>
    replica === name && firstMs !== undefined && firstMs > restartedMs;
  const backMs = await until(backWithinMs, async () => load.all.some(isBack));
  at(`${name} ${backMs === undefined ? 'does not answer' : 'answers again'}`);
  await sleep(1_000, undefined, { signal });
  return {
    before,
    outMs: outMs && outMs - killedMs,
    attemptsAfter: later.length,
    lastAttemptMs: later[0] && later[0].atUs / 1_000 - killedMs,
    restartedMs: restartedMs - killedMs,
    backMs: backMs && backMs - killedMs,
  };
}

/** When it has become so; undefined if it has not within that time. */
function patience(signal: AbortSignal) {
  return async (mostMs: number, isSo: () => Promise<boolean>): Promise<number | undefined> => {
    const endMs = performance.now() + mostMs;
    while (performance.now() < endMs) {
      if (await isSo()) return performance.now();
      await sleep(5, undefined, { signal });
    }
    return undefined;
  };
}

function resultOf(
  all: readonly Asked[],
  times: Times,
  fleet: LabFleet,
  tell: (line: string) => void,
) {
  const name = fleet.nameOf(victim);
  const whole = all.filter(({ end }) => end === 'whole');
  const moved = whole.filter(({ reason, replica }) => reason === 'retry' && replica !== name);
  const cut = all.filter(({ end, firstMs }) => end !== 'whole' && firstMs !== undefined);
  const failed = all.filter(({ end, firstMs }) => end !== 'whole' && firstMs === undefined);
  const told = cut.filter(({ end, replica }) => end === 'error event' && replica === name);
  tell('');
  tell(
    `${all.length} requests: ${whole.length} answered, ${cut.length} cut, ${failed.length} failed.`,
  );
  tell(
    `${moved.length} of the answered were taken from the dead one to the other before their first token.`,
  );
  tell(afterKill(times));
  if (times.backMs !== undefined) {
    tell(
      `Its first answer came ${seconds(times.backMs)} after the kill, ${seconds(times.backMs - times.restartedMs)} after its new start.`,
    );
  }
  const out = times.outMs;
  const checks: LabCheck[] = [
    {
      what: 'every request that was not yet streaming is answered by the other',
      holds: failed.length === 0 && (times.before.awaiting === 0 || moved.length > 0),
    },
    {
      what: 'every stream that was cut ends with an error event, and only those of the dead one',
      holds: told.length === cut.length,
    },
    { what: `it is out of rotation within ${seconds(outWithinMs)}`, holds: out !== undefined },
    { what: 'started again, it comes back', holds: times.backMs !== undefined },
  ];
  const { before, ...milliseconds } = times;
  const figures = {
    ...{ strategy: fleet.strategy, requests: all.length, answered: whole.length },
    ...{ moved: moved.length, cut: cut.length, failed: failed.length },
    ...{ streamingAtKill: before.inFlight - before.awaiting, awaitingAtKill: before.awaiting },
    ...rounded(milliseconds),
  };
  const nobodyWaited = 'no request waited at the kill, so none could be moved. Run it once more';
  return { figures, checks, ...(before.awaiting === 0 && { inconclusive: nobodyWaited }) };
}

function afterKill({ attemptsAfter, lastAttemptMs, outMs }: Times): string {
  const out = outMs === undefined ? 'never' : `${outMs.toFixed(0)} ms after the kill`;
  const sent =
    lastAttemptMs === undefined
      ? 'nothing was sent to it after the kill'
      : `the last of ${attemptsAfter} attempts went there ${lastAttemptMs.toFixed(0)} ms after it`;
  return `Out of rotation: ${out}; ${sent}.`;
}

function rounded(of: Readonly<Record<string, number | undefined>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(of).map(([key, value]) => [key, value === undefined ? null : Math.round(value)]),
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
