import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { balancers } from '../../deploy/registry.ts';
import { startBalancer } from '../../experiments/live/balancer-process.ts';
import { freePort, isListening } from '../../experiments/live/free-port.ts';
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
  for (let tries = 0; !(await isListening(new URL(`http://127.0.0.1:${port}`))); tries++) {
    if (tries === 500 || child.exitCode !== null) throw new Error(`${name} did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
}

/** The same with the whole configuration that we export, but for checks, which are requests, too. */
export async function startExported(
  name: ProductName,
  policy: string,
  { ports, weights }: Pick<Setting, 'ports' | 'weights'>,
): Promise<number> {
  const balancer = balancers.find((one) => one.name === name)!;
  const replicas = ports.map((port, index) => ({
    name: `r${index}`,
    url: new URL(`http://127.0.0.1:${port}`),
    weight: weights[index]!,
  }));
  const options = { healthPath: undefined, sessionHeader: 'x-key', threads: 1 };
  const running = await startBalancer(balancer, { replicas, policy, ...options });
  onTestFinished(() => running.stop());
  return Number(new URL(running.url).port);
}
