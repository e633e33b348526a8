import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { GatewayWorld, type Mood } from '../../support/gateway-world.ts';
import { startProduct } from '../../support/products.ts';
import { testWith } from '../../support/programs.ts';
import { makeStrategy } from '../../support/strategies.ts';

const test = testWith('nginx');
const [maxFails, failTimeoutS] = [2, 2];

interface Phase {
  /** In whole seconds after the phase before, in the middle of one: nginx counts no others. */
  readonly afterS: number;
  readonly mood: Mood;
}

// Twelve requests each, one after the other; only the first of two servers has moods.
const phases: readonly Phase[] = [
  { afterS: 0, mood: 'breaks' },
  { afterS: 0, mood: 'refuses' },
  { afterS: 1, mood: 'refuses' },
  { afterS: 2, mood: 'refuses' },
  { afterS: 3, mood: 'well' },
];
const perPhase = 12;

test('nginx and our gateway leave out the same for max_fails and fail_timeout', async () => {
  const [theirs, ours] = [await nginxPicks(), gatewayPicks()];
  expect(ours).toEqual(theirs);
  const ofFirst = theirs.map((picks) => picks.filter((server) => server === 0).length);
  // Two failures; one trial in a window of its own; and what broke off was no failure at all.
  expect(ofFirst).toEqual([6, 2, 0, 1, 6]);
}, 30_000);

async function nginxPicks(): Promise<number[][]> {
  let mood: Mood = 'well';
  let picks: number[] = [];
  const servers = [0, 1].map((index) =>
    createServer((_request, response) => {
      picks.push(index);
      answer(response, index === 0 ? mood : 'well');
    }),
  );
  const ports: number[] = [];
  for (const server of servers) ports.push(await listen(server));
  const parameters = `max_fails=${maxFails} fail_timeout=${failTimeoutS}s`;
  const port = await startProduct('nginx', { policy: [], ports, weights: [1, 1], parameters });
  const rounds: number[][] = [];
  await sleep(1_400 - (Date.now() % 1_000));
  for (const phase of phases) {
    await sleep(phase.afterS * 1_000);
    mood = phase.mood;
    picks = [];
    for (let sent = 0; sent < perPhase; sent++) await post(port);
    rounds.push(picks);
  }
  return rounds;
}

function gatewayPicks(): number[][] {
  const passive = { kind: 'max-fails' as const, maxFails, failTimeoutS };
  const world = new GatewayWorld({
    replicas: 2,
    policy: { health: { passive, panicBelow: 0 } },
    strategy: makeStrategy('weighted-round-robin'),
    ...{ firstTokenUs: 100, answerUs: 1_000 },
  });
  world.run(100_400_000);
  return phases.map(({ afterS, mood }) => {
    world.run(world.nowUs + afterS * 1_000_000);
    world.moods[0] = mood;
    const before = world.starts.length;
    for (let sent = 0; sent < perPhase; sent++) {
      world.submit();
      world.run(world.nowUs + 2_000);
    }
    return world.starts.slice(before).map(({ replica }) => replica);
  });
}

function answer(response: ServerResponse, mood: Mood): void {
  if (mood === 'refuses') {
    response.destroy();
  } else if (mood === 'breaks') {
    response.writeHead(200, { 'content-length': 10 });
    response.write('begun', () => response.destroy());
  } else {
    response.end('ok');
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A POST that was sent is not sent to another server, as our gateway does without retries. */
function post(port: number): Promise<void> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', agent: false }, (response) => {
      response.resume();
      response.once('close', resolve);
    });
    sent.once('error', () => resolve());
    sent.end('prompt');
  });
}
