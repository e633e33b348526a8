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
const failTimeoutS = 2;

interface Case {
  readonly policy: readonly string[];
  readonly strategy: string;
  readonly weights: readonly [number, number];
  readonly maxFails: number;
  /** Of the requests of each phase, those that the server with moods is sent. */
  readonly ofFirst: readonly number[];
}

// Two failures; one trial in a window of its own; and what broke off was no failure at all. A
// failure takes weight away for some turns, also when the server is back.
const cases: readonly Case[] = [
  {
    ...{ policy: [], strategy: 'weighted-round-robin', weights: [1, 1], maxFails: 2 },
    ofFirst: [6, 2, 0, 1, 6],
  },
  {
    ...{ policy: [], strategy: 'weighted-round-robin', weights: [3, 1], maxFails: 3 },
    ofFirst: [9, 3, 0, 1, 9],
  },
  {
    ...{ policy: ['least_conn'], strategy: 'nginx-least-conn', weights: [3, 1], maxFails: 3 },
    ofFirst: [9, 3, 0, 1, 9],
  },
];

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

test.each(cases)(
  'nginx and our gateway leave out the same for max_fails: $strategy $weights',
  async (given) => {
    const [theirs, ours] = [await nginxPicks(given), gatewayPicks(given)];
    expect(ours).toEqual(theirs);
    const ofFirst = theirs.map((picks) => picks.filter((server) => server === 0).length);
    expect(ofFirst).toEqual(given.ofFirst);
  },
  30_000,
);

async function nginxPicks({ maxFails, policy, weights }: Case): Promise<number[][]> {
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
  const port = await startProduct('nginx', { policy, ports, weights, parameters });
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

function gatewayPicks({ maxFails, strategy, weights }: Case): number[][] {
  const passive = { kind: 'max-fails' as const, maxFails, failTimeoutS };
  const world = new GatewayWorld({
    replicas: 2,
    policy: { health: { passive, panicBelow: 0 } },
    strategy: makeStrategy(strategy, { maxFails }),
    ...{ firstTokenUs: 100, answerUs: 1_000 },
  });
  for (const [index, weight] of weights.entries()) world.gateway.setWeight(index, weight, 0);
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
