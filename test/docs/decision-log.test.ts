import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntry } from '../../gateway/decision-log/read-entry.ts';
import { answerAtOnce } from '../proxy/support/upstream.ts';
import { startProgram, upstreamOf } from '../support/proxy-program.ts';
import { program, repository } from '../support/run-fairlead.ts';

const page = readFileSync(join(repository, 'docs/decision-log.md'), 'utf8');

function linesOf(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...page.matchAll(fence)].flatMap(([, block]) => block!.trimEnd().split('\n'));
}

test('what the page shows of a log can be read', () => {
  const entries = linesOf('json').map((line) =>
    readEntry((JSON.parse(line) as unknown[]).slice(2)),
  );
  expect(entries.map(({ kind }) => kind)).toEqual(['request', 'pick', 'dispatched']);
});

test('whoever types what the page says has every pick again', { timeout: 60_000 }, async () => {
  const [recording, ...replays] = linesOf('sh');
  const more = /proxy fairlead\.yaml (\S+) (\S+) &/.exec(recording!)!.slice(1);
  const { url: replica } = await upstreamOf(answerAtOnce);
  const anywhere = 'listen: { host: 127.0.0.1, port: 0 }\nadmin: { port: 0 }\n';
  const proxy = await startProgram(`${anywhere}replicas: ["${replica}"]\n`, {}, more);
  const body = '{"model":"m","messages":[]}';
  for (let i = 0; i < 3; i++) {
    await (await fetch(`${proxy.url}/v1/chat/completions`, { method: 'POST', body })).text();
  }
  proxy.child.kill('SIGTERM');
  await proxy.exited;
  const [text, json] = await Promise.all(replays.map((command) => run(command, proxy.cwd)));
  expect(text).toMatch(/^0 of 3 picks differ\.$/m);
  expect(JSON.parse(json!)).toMatchObject({ picks: 3, differing: 0 });
});

function run(command: string, cwd: string): Promise<string> {
  const child = spawn(process.execPath, [program, ...command.split(' ').slice(2)], { cwd });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return new Promise((resolve) => child.on('close', () => resolve(stdout)));
}
