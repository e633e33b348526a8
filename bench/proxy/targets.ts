import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Programs that stand before the same replica, each with one worker on one core; `bare` is what
 * Node takes without a gateway.
 */
export const targetNames = [
  'direct',
  'nginx',
  'haproxy',
  'caddy',
  'bare',
  'dispatch',
  'raw',
] as const;
export type TargetName = (typeof targetNames)[number];

export interface Target {
  readonly name: TargetName;
  readonly port: number;
  /** Of all its processes and threads. */
  cpuUs(): number;
  /** Proportional set size, in bytes. */
  memoryBytes(): number;
  stop(): Promise<void>;
}

/** The core of the proxy; the replica and the load have the other. */
export const proxyCore = 0;
export const otherCore = 1;

export async function startTarget(
  name: TargetName,
  upstreamPort: number,
  port: number,
): Promise<Target> {
  if (name === 'direct') {
    return { name, port: upstreamPort, cpuUs: () => 0, memoryBytes: () => 0, stop: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), `fairlead-bench-${name}-`));
  const write = (file: string, text: string) => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  };
  const [program, ...args] = commandOf(name, { folder, upstreamPort, port, write });
  const pinned = ['-c', String(proxyCore), program!, ...args];
  const env = { ...process.env, GOMAXPROCS: '1', XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn('taskset', pinned, { stdio: 'ignore', env });
  await listening(port);
  return {
    name,
    port,
    cpuUs: () => sum(threadsOf(child), cpuUsOf),
    memoryBytes: () => sum(processesOf(child), memoryOf),
    stop: async () => {
      if (child.kill('SIGTERM')) await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly upstreamPort: number;
  readonly port: number;
  readonly write: (file: string, text: string) => string;
}

function commandOf(name: Exclude<TargetName, 'direct'>, place: Place): string[] {
  const { folder, port, upstreamPort, write } = place;
  switch (name) {
    case 'nginx':
      return ['nginx', '-c', write('nginx.conf', nginxConf(folder, port, upstreamPort))];
    case 'haproxy':
      return ['haproxy', '-f', write('haproxy.cfg', haproxyConf(port, upstreamPort))];
    case 'caddy':
      return [
        'caddy',
        'run',
        '--config',
        write('Caddyfile', caddyFile(port, upstreamPort)),
        '--adapter',
        'caddyfile',
      ];
    case 'bare': {
      const program = fileURLToPath(new URL('bare-proxy.js', import.meta.url));
      return [process.execPath, program, String(upstreamPort), String(port)];
    }
    case 'dispatch':
    case 'raw': {
      const config = JSON.stringify({
        listen: { host: '127.0.0.1', port },
        replicas: [`http://127.0.0.1:${upstreamPort}`],
        upstream: { transport: name },
      });
      const bin = new URL('../../../bin/fairlead.js', import.meta.url).pathname;
      return [process.execPath, bin, 'proxy', write('fairlead.yaml', config)];
    }
  }
}

/** Connections to the replica are kept and nothing is buffered: as one runs it before vLLM. */
function nginxConf(folder: string, port: number, upstreamPort: number): string {
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
worker_rlimit_nofile 20000;
events { worker_connections 19000; }
http {
  access_log off; ${temps} keepalive_requests 1000000000;
  client_max_body_size 32m; client_body_buffer_size 1m;
  upstream replicas { server 127.0.0.1:${upstreamPort}; keepalive 1024; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / {
      proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 1800s;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent; proxy_next_upstream_tries 3;
    }
  }
}
`;
}

function haproxyConf(port: number, upstreamPort: number): string {
  return `global
  maxconn 9000
  nbthread 1
defaults
  mode http
  option http-no-delay
  option abortonclose
  timeout client 1800s
  timeout server 1800s
  timeout connect 2s
  timeout queue 120s
  retries 2
  http-reuse always
frontend clients
  bind 127.0.0.1:${port} backlog 8192
  default_backend replicas
backend replicas
  balance leastconn
  server one 127.0.0.1:${upstreamPort}
`;
}

function caddyFile(port: number, upstreamPort: number): string {
  return `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy 127.0.0.1:${upstreamPort} {
    lb_policy least_conn
    transport http {
      keepalive_idle_conns_per_host 1024
    }
  }
}
`;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens at port ${port} after 10 s`);
}

/** The process that was started and those that it has started. */
function processesOf({ pid }: ChildProcess): string[] {
  const all = [String(pid)];
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readOrNothing(`/proc/${entry}/stat`);
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined && all.includes(parent) && !all.includes(entry)) all.push(entry);
  }
  return all;
}

function threadsOf(child: ChildProcess): string[] {
  return processesOf(child).flatMap((pid) => {
    const folder = `/proc/${pid}/task`;
    return readdirSync(folder).map((thread) => `${folder}/${thread}`);
  });
}

/** Time on a processor, in nanoseconds, is the first figure of `schedstat`. */
function cpuUsOf(thread: string): number {
  return Number(readOrNothing(`${thread}/schedstat`).split(' ')[0]) / 1_000;
}

function memoryOf(pid: string): number {
  const pss = /^Pss:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`));
  return 1_024 * Number(pss?.[1] ?? 0);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(all: readonly string[], figure: (one: string) => number): number {
  return all.reduce((total, one) => total + figure(one), 0);
}
