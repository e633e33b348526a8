import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { DecisionFile } from '../../cli/decision-file.ts';
import { version } from '../../cli/package.ts';
import { createBrain, engineProblem, groupFacts } from '../../cli/proxy-brain.ts';
import { vocabulary } from '../../cli/vocabulary.ts';
import { assert } from '../../core/assert.ts';
import { randomIndex, randomStream } from '../../core/random.ts';
import { parseProxyConfig } from '../../proxy/config/load-proxy-config.ts';
import { type ProxySetup, proxySetup } from '../../proxy/config/proxy-setup.ts';
import { ProxyServer } from '../../proxy/proxy-server.ts';

/**
 * A proxy under load while its replicas are killed, stopped, or its configuration is read again
 * and again; what became of the requests is printed as one line of JSON. Run with `--expose-gc`.
 */
interface Chaos {
  readonly mode: 'kill' | 'stop' | 'reload';
  readonly transport: 'dispatch' | 'raw';
  readonly replicas: number;
  readonly streams: number;
  readonly seconds: number;
  readonly blows: number;
  readonly seed: number;
  /** Where every decision is written down; nowhere unless told. */
  readonly record?: string;
}

const chaos = JSON.parse(process.argv[2]!) as Chaos;
const random = randomStream(chaos.seed, 'chaos');
const counts = { ok: 0, brokenWithEvent: 0, brokenWithout: 0, lost: 0, mixed: 0, refused: 0 };
const replicaProgram = fileURLToPath(new URL('paced-upstream.js', import.meta.url));
const replicas = await Promise.all(Array.from({ length: chaos.replicas }, () => startReplica(0)));

const setup = setupOf(replicas.map(({ port }) => port));
const decisions = await decisionFile();
const proxy = new ProxyServer({
  setup,
  createBrain: decisions?.createBrain ?? createBrain,
  seed: chaos.seed,
  checkInvariants: true,
  version,
  readSetup: () => setup,
  say: () => {},
});
const { clients: port } = await proxy.start();
let isOver = false;
// The base is that of a proxy that has worked and rests, as it does in the end.
await underLoad(() => pause(3_000));
const baseBytes = usedBytes();
await underLoad(async () => {
  for (let blow = 0; blow < chaos.blows; blow++) {
    await strike(blow);
    await pause((1_000 * chaos.seconds) / chaos.blows);
  }
});
const { gateway } = proxy.generation;
const inFlight = gateway.replicas.reduce((sum, replica) => sum + replica.inFlight, 0);
const growth = usedBytes() / baseBytes - 1;
process.stdout.write(
  `${JSON.stringify({ ...counts, inFlight, inSystem: proxy.inSystem, growth })}\n`,
);
await proxy.stop();
await decisions?.close();
for (const { process: replica } of replicas) replica.kill('SIGKILL');

async function decisionFile(): Promise<DecisionFile | undefined> {
  const { record: path } = chaos;
  const say = (message: string) => process.stderr.write(`${message}\n`);
  return path === undefined ? undefined : DecisionFile.open({ path, version, say });
}

async function underLoad(act: () => Promise<void>): Promise<void> {
  isOver = false;
  const clients = Array.from({ length: chaos.streams }, client);
  await act();
  isOver = true;
  await Promise.all(clients);
}

async function strike(blow: number): Promise<void> {
  const at = randomIndex(random, replicas.length);
  const victim = replicas[at]!;
  if (chaos.mode === 'reload') {
    const ports = replicas.filter((_, index) => index !== blow % replicas.length);
    proxy.reload(
      setupOf(
        ports.map((replica) => replica.port),
        blow % 10 < 5 ? 'random' : undefined,
      ),
    );
  } else if (chaos.mode === 'stop') {
    victim.process.kill('SIGSTOP');
    setTimeout(() => victim.process.kill('SIGCONT'), 1_500);
  } else {
    victim.process.kill('SIGKILL');
    await once(victim.process, 'exit');
    setTimeout(() => {
      void startReplica(victim.port).then((again) => {
        replicas[at] = again;
      });
    }, 500);
  }
}

async function startReplica(wanted: number): Promise<{ process: ChildProcess; port: number }> {
  const replica = fork(replicaProgram, [String(wanted)], { execArgv: [] });
  const [ready] = (await once(replica, 'message')) as [number];
  return { process: replica, port: ready };
}

function setupOf(ports: readonly number[], strategy = 'least-requests'): ProxySetup {
  const text = JSON.stringify({
    listen: { host: '127.0.0.1', port: 0 },
    replicas: ports.map((one) => `http://127.0.0.1:${one}`),
    strategy,
    upstream: { transport: chaos.transport },
    gateway: {
      timeouts: { connect: '500ms', firstByte: '1s', idle: '1s', total: '60s' },
      // Those that have just been stopped may be tried one after the other.
      retries: chaos.mode === 'stop' ? { most: 3 } : {},
      health: { passive: { kind: 'ejection', failures: 3, time: '1s', maxTime: '2s' } },
      queue: {},
    },
  });
  const config = parseProxyConfig({ file: 'chaos', text }, vocabulary, engineProblem);
  const secrets = { adminToken: undefined, upstreamKey: undefined };
  return proxySetup(config, groupFacts(config), secrets);
}

async function client(): Promise<void> {
  while (!isOver) {
    const answer = await ask(5 + randomIndex(random, 40));
    const writers = new Set([...answer.matchAll(/"r":"(\d+)"/g)].map(([, writer]) => writer));
    const [head = '', body = ''] = splitHead(answer);
    if (writers.size > 1) counts.mixed += 1;
    else if (writers.size === 0)
      counts[/^HTTP\/1.1 (429|503)/.test(head) ? 'refused' : 'lost'] += 1;
    else if (!body.endsWith('0\r\n\r\n')) counts.brokenWithout += 1;
    else if (body.includes('data: {"error"')) counts.brokenWithEvent += 1;
    else counts.ok += 1;
  }
}

/** The whole of an answer, as bytes over a connection of its own. */
function ask(chunks: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-paced: ${chunks} 20 100\r\ncontent-length: 15\r\n\r\n{"stream":true}`,
    );
  });
}

function splitHead(answer: string): [string, string] {
  const at = answer.indexOf('\r\n\r\n');
  return at < 0 ? ['', ''] : [answer.slice(0, at), answer.slice(at + 4)];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function usedBytes(): number {
  assert(globalThis.gc !== undefined, 'this is run with --expose-gc');
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
