import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, onTestFinished } from 'vitest';
import type { Balancer } from '../../deploy/balancer.ts';
import { balancers } from '../../deploy/registry.ts';
import { startBalancer } from '../../experiments/live/balancer-process.ts';
import { freePort, isListening } from '../../experiments/live/free-port.ts';
import {
  answerAtOnce,
  beginStream,
  event,
  type Got,
  startUpstream,
} from '../proxy/support/upstream.ts';
import { livingIn } from '../support/process-group.ts';
import { testWith } from '../support/programs.ts';

async function upstream(answer: (got: Got) => void) {
  const started = await startUpstream(answer);
  onTestFinished(() => started.close());
  return started;
}

function firstRequest() {
  let resolve: (got: Got) => void = () => {};
  const promise = new Promise<Got>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function balance(balancer: Balancer, urls: readonly string[], policy: string) {
  const replicas = urls.map((url, index) => ({ name: `r${index}`, url: new URL(url), weight: 1 }));
  const running = await startBalancer(balancer, { replicas, policy, threads: 1 });
  onTestFinished(() => running.stop());
  return running;
}

const body = JSON.stringify({ model: 'm', stream: true, messages: [] });

function post(url: string) {
  const asked = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false });
  asked.end(body);
  return asked;
}

async function statusOf(url: string): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    post(url).once('response', resolve).once('error', reject);
  });
  response.resume();
  await once(response, 'end');
  return response.statusCode!;
}

/** Five in a row: with three replicas in turn, each would have had its turn. */
async function servesAgain(url: string): Promise<void> {
  let inARow = 0;
  const next = async () => {
    inARow = (await statusOf(url)) === 200 ? inARow + 1 : 0;
    return inARow;
  };
  await expect.poll(next, { timeout: 10_000, interval: 1 }).toBe(5);
}

describe.each(balancers)('$name with the configuration that we write', (balancer) => {
  const test = testWith(balancer.program.name as 'nginx' | 'haproxy' | 'caddy');
  const policy = balancer.policies[0]!.name;

  test('passes each event on before the next one is there', async () => {
    const { promise: begun, resolve } = firstRequest();
    const { url } = await upstream(resolve);
    const asked = post((await balance(balancer, [url], policy)).url);
    const got = await begun;
    expect(got.body.toString()).toBe(body);
    beginStream(got);
    got.response.flushHeaders();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const pieces = response.setEncoding('utf8')[Symbol.asyncIterator]();
    for (let i = 0; i < 20; i++) {
      got.response.write(event(`token ${i}`));
      expect((await pieces.next()).value).toBe(event(`token ${i}`));
    }
    got.response.end();
    expect((await pieces.next()).done).toBe(true);
  });

  test('tells the replica when a client goes away', async () => {
    const { promise: begun, resolve } = firstRequest();
    const { url } = await upstream(resolve);
    const asked = post((await balance(balancer, [url], policy)).url).on('error', () => {});
    const got = await begun;
    asked.destroy();
    await got.aborted;
  });

  for (const { name } of balancer.policies) {
    test(`answers every request while a replica is dead, by ${name}`, async () => {
      const { url } = await upstream(answerAtOnce);
      const dead = `http://127.0.0.1:${await freePort()}`;
      const balanced = await balance(
        balancer,
        [dead, url, dead.replace('127.0.0.1', 'localhost')],
        name,
      );
      // Caddy sends nothing a second time, so it has to find out by a check, or by one failure each.
      if (balancer.name === 'caddy') await servesAgain(balanced.url);
      const statuses: number[] = [];
      for (let i = 0; i < 12; i++) statuses.push(await statusOf(balanced.url));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });
  }

  test('leaves nothing behind', async () => {
    const { url } = await upstream(answerAtOnce);
    const balanced = await balance(balancer, [url], policy);
    await balanced.stop();
    expect(await isListening(new URL(balanced.url))).toBe(false);
    expect(livingIn(balanced.pid)).toEqual([]);
  });
});
