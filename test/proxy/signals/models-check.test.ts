import { describe, expect, test } from 'vitest';
import { askModels, type ServedModels } from '../../../proxy/signals/models-check.ts';
import { DispatchTransport } from '../../../proxy/upstream/dispatch-transport.ts';
import { RawTransport } from '../../../proxy/upstream/raw-transport.ts';
import { nowhere, serveBytes, serveHttp } from './loopback.ts';

describe.each([
  ['by undici', DispatchTransport],
  ['over bare sockets', RawTransport],
])('asked %s', (_, Transport) => {
  function models(url: URL, timeoutUs = 1e6): Promise<ServedModels> {
    return askModels({
      url,
      createTransport: (origin) => new Transport(origin),
      authorization: 'Bearer secret',
      timeoutUs,
    });
  }

  async function whyNot(status: number, body: string): Promise<string> {
    const { url } = await serveHttp((_, response) => response.writeHead(status).end(body));
    const answer = await models(url);
    return answer.kind === 'unclear' ? answer.message.replace(url.href, 'http://x/') : '';
  }

  test('a replica says what it serves, with all that it adds', async () => {
    const list = {
      object: 'list',
      data: [
        { id: 'llama', object: 'model', created: 1, owned_by: 'vllm', max_model_len: 131_072 },
        { id: 'sql-lora', object: 'model', parent: 'llama', permission: [{ id: 'modelperm-1' }] },
      ],
    };
    let asked: unknown;
    const { open, url } = await serveHttp(({ headers, method, url }, response) => {
      asked = [method, url, headers.authorization];
      response.end(JSON.stringify(list));
    });
    expect(await models(url)).toEqual({ kind: 'serves', ids: ['llama', 'sql-lora'], list });
    expect(asked).toEqual(['GET', '/v1/models', 'Bearer secret']);
    for (const socket of open) await new Promise((resolve) => socket.on('close', resolve));
  });

  test('another says why that is not known', async () => {
    const page = 'http://x/v1/models answered';
    expect(await whyNot(401, '{}')).toContain(`${page} 401: it wants another key.`);
    expect(await whyNot(404, '')).toContain(`${page} 404: it has no such page.`);
    expect(await whyNot(500, '')).toContain(`${page} 500: it is in trouble itself`);
    expect(await whyNot(302, '')).toContain(`${page} 302, not 200.`);
    const noList = `${page} 200, but not with a list of models`;
    expect(await whyNot(200, '')).toBe(`${noList}: the answer is empty.`);
    expect(await whyNot(200, '<html>\u001b[2J\nWelcome')).toBe(`${noList}: \`<html> [2J Welcome\``);
    expect(await whyNot(200, '{"data":[{"name":"m"}]}')).toContain(noList);
    expect(await whyNot(200, '['.repeat(500_000))).toContain(`${noList}: \`[[[`);
    expect(await whyNot(200, '{"data":[]}')).toContain(`${page} with an empty list.`);
  });

  test('nobody answers, and that is said', async () => {
    const said = async (url: URL, timeoutUs?: number) => {
      const answer = await models(url, timeoutUs);
      return answer.kind === 'unclear' ? answer.message : '';
    };
    const url = await nowhere();
    expect(await said(url)).toContain(`Cannot connect to ${url.href}v1/models (`);
    const silent = await serveBytes(() => {});
    expect(await said(silent.url, 20_000)).toContain('it did not answer within 0.02 s');
    const broken = await serveBytes((socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'));
    expect(await said(broken.url)).toContain('Is this an HTTP server of a replica?');
    const endless = await serveHttp((_, response) => response.end('x'.repeat(2_000_000)));
    expect(await said(endless.url)).toContain('longer than 1048576 bytes');
  });
});
