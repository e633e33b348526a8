import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { pathOf } from './programs.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How a balancer is told what to balance. */
export interface Setting {
  /** The line that names the policy, in the words of the product. */
  readonly policy: readonly string[];
  readonly ports: readonly number[];
  readonly weights: readonly number[];
  /** More of each server, in the words of the product; only for nginx. */
  readonly parameters?: string;
}

interface Product {
  readonly arguments: readonly string[];
  config(setting: Setting, port: number, folder: string): string;
}

/** One worker and one thread each, because every worker keeps books of its own. */
const products = {
  nginx: {
    arguments: ['-e', 'stderr', '-p', '.', '-c', 'config'],
    config: ({ parameters = '', policy, ports, weights }, port, folder) => `
      daemon off; master_process off; worker_processes 1; pid ${folder}/pid;
      error_log stderr;
      events { worker_connections 512; }
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
        upstream fleet {
          ${policy.map((line) => `${line};`).join('\n')}
          ${ports.map((to, index) => `server 127.0.0.1:${to} weight=${weights[index]} ${parameters};`).join('\n')}
        }
        server { listen 127.0.0.1:${port}; location / { proxy_pass http://fleet; } }
      }`,
  },
  haproxy: {
    arguments: ['-db', '-f', 'config'],
    config: ({ policy, ports, weights }, port) =>
      [
        'global',
        '  nbthread 1',
        'defaults',
        '  mode http',
        '  timeout connect 5s',
        '  timeout client 60s',
        '  timeout server 60s',
        'listen fleet',
        `  bind 127.0.0.1:${port}`,
        ...policy.map((line) => `  ${line}`),
        ...ports.map((to, index) => `  server s${index} 127.0.0.1:${to} weight ${weights[index]}`),
        '',
      ].join('\n'),
  },
  caddy: {
    arguments: ['run', '--config', 'config', '--adapter', 'caddyfile'],
    config: ({ policy, ports }, port) => `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy ${ports.map((to) => `127.0.0.1:${to}`).join(' ')} {
    ${policy.join('\n    ')}
  }
}
`,
  },
} as const satisfies Record<string, Product>;

export type ProductName = keyof typeof products;

/** Starts a balancer on a free port of its own, in a folder of its own, until the test is over. */
export async function startProduct(name: ProductName, setting: Setting): Promise<number> {
  const [folder, port] = [temporaryFolder(), await freePort()];
  const product: Product = products[name];
  writeFileSync(join(folder, 'config'), product.config(setting, port, folder));
  const child = spawn(pathOf(name), product.arguments, {
    cwd: folder,
    // Caddy keeps its state in the home of the user.
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const over = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await over;
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  for (let tries = 0; !(await isListening(port)); tries++) {
    if (tries === 500 || child.exitCode !== null) throw new Error(`${name} did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
