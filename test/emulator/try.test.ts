import { test } from 'vitest';
import { startReplicas } from '../../emulator/start-replicas.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { libraryScenario } from '../support/scenarios.ts';

test('try', async () => {
  const [group] = libraryScenario('azure-chat').fleet;
  const running = await startReplicas({
    replicas: [{ name: 'a', group: group! }],
    model: findModel('Llama-3.1-8B'),
  });
  const [url] = running.urls;
  const r = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model: 'Llama-3.1-8B',
      messages: [{ role: 'user', content: 'Say hi to me' }],
      stream: true,
      max_tokens: 5,
      ignore_eos: true,
      stream_options: { include_usage: true },
    }),
  });
  console.log(await r.text());
  const r2 = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    body: JSON.stringify({ prompt: 'Say hi to me', max_tokens: 20 }),
  });
  console.log(await r2.text());
  console.log(
    (await (await fetch(`${url}/metrics`)).text())
      .split('\n')
      .filter((l) => !l.includes('_bucket') && !l.startsWith('#'))
      .join('\n'),
  );
  await running.stop();
});
