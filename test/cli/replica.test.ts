import { expect, test } from 'vitest';
import { runFairlead } from '../support/run-fairlead.ts';
import { startReplicaCommand } from '../support/running-replicas.ts';

test('prints one document with the addresses, and ends by Ctrl-C', async () => {
  const args = ['--scenario', 'mixed-fleet', '--group', 'a100', '--port', '0', '--json'];
  const running = await startReplicaCommand(args);
  expect(JSON.parse(running.stdout())).toEqual({
    model: 'Llama-3.1-8B',
    timeScale: 1,
    replicas: [
      { name: 'a100-1', url: running.urls[0] },
      { name: 'a100-2', url: running.urls[1] },
    ],
  });
  for (const url of running.urls) expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(await running.interrupt()).toBe(0);
});

test('spreads replicas over several processes, which end with it', async () => {
  const args = ['--count', '3', '--processes', '2', '--port', '0', '--json'];
  const running = await startReplicaCommand(args);
  expect(new Set(running.urls).size).toBe(3);
  const body = JSON.stringify({ prompt: [1, 2, 3], max_tokens: 2 });
  for (const url of running.urls) {
    const answer = await fetch(`${url}/v1/completions`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ usage: { completion_tokens: 2 } });
  }
  expect(await running.interrupt()).toBe(0);
  for (const url of running.urls) await expect(fetch(url)).rejects.toThrow();
});

test.each([
  [['--engine', 'maxNumSeq=3'], /there is no key "maxNumSeq" here.*maxNumSeqs/s],
  [['--engine', 'maxNumSeqs'], /key=value/],
  [['--engine', 'apiServer=1', '--engine', 'apiServer.requestMs=0'], /"apiServer".*the value 1/],
  [['--engine', '__proto__.x=1'], /there is no key "__proto__" here/],
  [['--gpu', 'H100'], /^--gpu: there is no GPU "H100"/],
  [['--model', 'Llama'], /Llama/],
  [['--scenario', 'mixed-fleet', '--group', 'h'], /there is no group "h"/],
  [['--scenario', 'mixed-fleet', '--count', '2'], /Name one with --group/],
  [['--scenario', 'mixed-fleet', '--gpu', 'L4'], /Leave out --gpu/],
  [['--gpu', 'L4', '--model', 'Llama-3.1-70B'], /MODEL_DOES_NOT_FIT/],
  [['--time-scale', '0'], /--time-scale/],
  [['--group', 'a'], /Name that with --scenario/],
  [['--port', '65530', '--count', '20'], /the last port is 65535. Write --port 65516 or less/],
  [['--engine', 'maxNumSeqs=-1'], /^--engine maxNumSeqs: found -1.*"maxNumSeqs=256"/],
])('%j is told as a mistake', async (args, message) => {
  const { code, stderr, stdout } = await runFairlead(['replica', ...args]);
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test('a port that is taken is told as such, in one process or in several', async () => {
  const running = await startReplicaCommand(['--port', '0', '--json']);
  const { port } = new URL(running.urls[0]!);
  for (const more of [[], ['--count', '2', '--processes', '2']]) {
    const { code, stderr } = await runFairlead(['replica', '--port', port, ...more]);
    expect(code).toBe(64);
    expect(stderr).toMatch(/EADDRINUSE.*LISTEN_FAILED/s);
  }
  await running.interrupt();
});
