import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import type { LoadResult } from './load.ts';
import { otherCore, startTarget, type Target, type TargetName, targetNames } from './targets.ts';

/**
 * Proxies side by side in one run, one round after the other, so that a machine that is busy for a
 * while is so for all of them. What counts are the ratios.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    targets: { type: 'string', default: targetNames.join() },
    loads: { type: 'string', default: '' },
  },
});

const loads = {
  /** Short answers, one after the other. */
  short: { clients: 32, warmUpMs: 1_000, measureMs: 3_000 },
  /** 10,000 chunks a second. */
  p500: { clients: 500, paced: paced(50), warmUpMs: 7_000, measureMs: 5_000 },
  /** 3,400 chunks a second: what it costs to wake up comes on top. */
  p50: { clients: 50, paced: paced(15), warmUpMs: 2_500, measureMs: 4_000 },
  /** 20,000 chunks a second. */
  p400: { clients: 400, paced: paced(20), warmUpMs: 3_000, measureMs: 4_000 },
} as const;
type LoadName = keyof typeof loads;

interface Measured extends LoadResult {
  readonly cpuUsPerUnit: number;
}

const [upstreamPort, firstPort] = [18_900, 18_901];
const upstream = fork(programOf('paced-upstream'), [String(upstreamPort)], onOtherCore());
await once(upstream, 'message');
const chosen = targetNames.filter((name) => values.targets.split(',').includes(name));
const all = Object.keys(loads) as LoadName[];
const asked = values.loads.split(',');
const wanted = values.loads === '' ? all : all.filter((one) => asked.includes(one));
const runs = new Map<string, Measured[]>();
try {
  await measureRounds();
  print(await streamsHeld());
} finally {
  upstream.kill();
}

async function measureRounds(): Promise<void> {
  for (let round = 1; round <= Number(values.rounds); round++) await measureRound(round);
}

/** By processes of its own: what V8 makes of a program differs from one to the next by a tenth. */
async function measureRound(round: number): Promise<void> {
  const targets: Target[] = [];
  try {
    for (const [index, name] of chosen.entries()) {
      targets.push(await startTarget(name, upstreamPort, firstPort + index));
    }
    // What is compiled as it runs has to run for a while first.
    for (const target of targets) await play({ ...loads.short, port: target.port }, target);
    for (const load of wanted) {
      for (const target of targets) await measure(round, load, target);
    }
  } finally {
    for (const target of targets) await target.stop();
  }
}

function paced(gapMs: number) {
  return { chunks: 100, gapMs, bytes: 200 };
}

async function measure(round: number, load: LoadName, target: Target): Promise<void> {
  const { begin, end, result } = await play({ ...loads[load], port: target.port }, target);
  const units = load === 'short' ? result.requests : result.chunks;
  const measured = { ...result, cpuUsPerUnit: (end - begin) / units };
  const key = `${load}/${target.name}`;
  runs.set(key, [...(runs.get(key) ?? []), measured]);
  const figure = measured.cpuUsPerUnit.toFixed(1).padStart(6);
  process.stderr.write(`  round ${round}  ${key.padEnd(16)} ${figure} us\n`);
}

async function play(load: object, target: Target) {
  const child = fork(programOf('load'), [JSON.stringify(load)], onOtherCore());
  let begin = 0;
  let end = 0;
  const result = await new Promise<LoadResult>((resolve, reject) => {
    child.on('message', (message) => {
      if (message === 'begin') begin = target.cpuUs();
      else if (message === 'end') end = target.cpuUs();
      else resolve(message as LoadResult);
    });
    child.on('exit', (code) => reject(new Error(`the load ended with ${code}`)));
  });
  if (child.exitCode === null) await once(child, 'exit');
  return { begin, end, result };
}

interface Held {
  readonly mbPer1000Streams: number;
  readonly held: number;
  readonly errors: number;
}

/** Memory for streams that are open at once, and whether 5,000 of them are held, each from new. */
async function streamsHeld(): Promise<Map<TargetName, Held>> {
  const found = new Map<TargetName, Held>();
  const names = chosen.filter((name) => name !== 'direct');
  for (const [index, name] of names.entries()) {
    const target = await startTarget(name, upstreamPort, firstPort + chosen.length + index);
    try {
      found.set(name, await heldBy(target));
    } finally {
      await target.stop();
    }
  }
  return found;
}

async function heldBy(target: Target): Promise<Held> {
  const slow = { chunks: 1_000, gapMs: 500, bytes: 200 };
  const bytes: number[] = [];
  let last: LoadResult | undefined;
  for (const clients of [1, 1_000, 5_000]) {
    const load = { port: target.port, clients, paced: slow, warmUpMs: 6_000, measureMs: 3_000 };
    const child = fork(programOf('load'), [JSON.stringify(load)], onOtherCore());
    child.on('message', (message) => {
      if (message === 'end') bytes.push(target.memoryBytes());
      else if (typeof message === 'object') last = message as LoadResult;
    });
    await once(child, 'exit');
  }
  const [base = 0, thousand = 0] = bytes;
  return {
    mbPer1000Streams: (thousand - base) / 2 ** 20,
    held: Math.round((last!.chunks * slow.gapMs) / 3_000),
    errors: last!.errors,
  };
}

function print(memory: ReadonlyMap<TargetName, Held>): void {
  const rows = [...runs].map(([key, measured]) => {
    const [load, name] = key.split('/') as [LoadName, TargetName];
    const nginx = runs.get(`${load}/nginx`);
    const direct = runs.get(`${load}/direct`);
    const of = (figure: (one: Measured, round: number) => number | null) =>
      median(measured.map((one, round) => figure(one, round) ?? Number.NaN));
    return {
      load,
      name,
      cpuUs: of(({ cpuUsPerUnit }) => cpuUsPerUnit),
      ratio: nginx && of((one, round) => one.cpuUsPerUnit / nginx[round]!.cpuUsPerUnit),
      ttftP50Us: of(({ ttftP50Us }) => ttftP50Us),
      ttftP99Us: of(({ ttftP99Us }) => ttftP99Us),
      addedTtftP50Us: direct && of((one, round) => one.ttftP50Us! - direct[round]!.ttftP50Us!),
      addedTtftP99Us: direct && of((one, round) => one.ttftP99Us! - direct[round]!.ttftP99Us!),
      delayP99Us: load === 'short' ? null : of(({ delayP99Us }) => delayP99Us),
      errors: measured.reduce((total, { errors }) => total + errors, 0),
    };
  });
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ rows, memory: Object.fromEntries(memory) }, null, 2)}\n`,
    );
    return;
  }
  const digits = (value: number | null | undefined, places = 0) =>
    (value === null || value === undefined ? '–' : value.toFixed(places)).padStart(9);
  process.stdout.write(
    '\nload   proxy         us/unit  x nginx  TTFT p50  TTFT p99  +p50 us   +p99 us  delay p99\n',
  );
  for (const row of rows) {
    process.stdout.write(
      `${row.load.padEnd(6)} ${row.name.padEnd(10)} ${digits(row.cpuUs, 1)}${digits(row.ratio, 2)}${digits(row.ttftP50Us)} ${digits(row.ttftP99Us)}${digits(row.addedTtftP50Us)} ${digits(row.addedTtftP99Us)} ${digits(row.delayP99Us)}\n`,
    );
  }
  for (const [name, { errors, held, mbPer1000Streams }] of memory) {
    process.stdout.write(
      `memory ${name.padEnd(10)} ${digits(mbPer1000Streams, 1)} MB for 1,000 streams; ${held} of 5,000 held, ${errors} errors\n`,
    );
  }
}

function programOf(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}

function onOtherCore(): Parameters<typeof fork>[2] & { execPath: string } {
  const execArgv = ['-c', String(otherCore), process.execPath];
  return { execPath: 'taskset', execArgv };
}
