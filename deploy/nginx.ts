import { hostAndPort, oneLine } from './addresses.ts';
import { type BalancerSetting, defineBalancer } from './balancer.ts';
import { nginxPolicies } from './nginx-policies.ts';

/** nginx as Debian 12 has it (1.22) and newer. */
export default defineBalancer({
  name: 'nginx',
  summary: 'nginx, open source: passive health checks, no queue.',
  file: 'nginx.conf',
  hasWeights: true,
  largestWeight: 65_535,
  program: {
    name: 'nginx',
    debianPackage: 'nginx',
    checkArguments: (file) => ['-t', '-c', file],
    // Without -e it complains of a log that only root can write, before it reads the file.
    runArguments: (file, folder) => [
      ...['-e', 'stderr', '-p', folder],
      ...['-c', file, '-g', 'daemon off;'],
    ],
  },
  policies: nginxPolicies,
  configure: nginxConf,
});

/** Its own places belong to root; a run by hand has everything in its folder. */
function placesOf({ folder }: BalancerSetting): { main: string; http: string } {
  if (folder === undefined) return { main: '', http: '' };
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = kinds.map((kind) => `  ${kind}_temp_path ${quoted(`${folder}/${kind}`)};\n`);
  const main = `pid ${quoted(`${folder}/nginx.pid`)};\nerror_log stderr;\n`;
  return { main, http: temporary.join('') };
}

function quoted(path: string): string {
  return `"${path.replaceAll(/[\\"]/g, '\\$&')}"`;
}

function nginxConf(setting: BalancerSetting, directives: readonly string[]): string {
  const { bodyMegabytes, connectTimeoutS, listen, replicas, silenceTimeoutS, streams } = setting;
  const servers = replicas.map(
    ({ name, url, weight }) =>
      `    server ${hostAndPort(url)} weight=${weight} max_fails=1 fail_timeout=10s; # ${oneLine(name)}`,
  );
  return `# nginx in front of vLLM, written by Fairlead.
worker_processes ${setting.threads ?? 'auto'};
# A stream has a connection to the client and one to a replica.
worker_rlimit_nofile ${2 * streams + 2_000};
${placesOf(setting).main}events { worker_connections ${2 * streams + 1_000}; }
http {
  access_log off;
${placesOf(setting).http}  upstream replicas {
    # Shared, or every worker would balance by what it alone has counted.
    zone replicas ${Math.max(1, Math.ceil(replicas.length / 500))}m;
${[...directives.map((line) => `    ${line}`), ...servers].join('\n')}
    keepalive 1024; # after the policy, which it would otherwise replace
    keepalive_requests 1000000000; # the usual 1,000 would close connections in the busiest moments
    keepalive_timeout 4s; # vLLM closes after 5 s; whoever closes first loses no request
  }
  server {
    listen ${listen.host}:${listen.port} backlog=8192;
    client_max_body_size ${bodyMegabytes}m; # the usual 1 MB refuses long prompts and pictures
    client_body_buffer_size 1m; # prompts stay in memory
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1; # 1.0 knows no chunks and keeps no connection
      proxy_set_header Connection "";
      proxy_buffering off; # or nobody sees a token before the answer is complete
      proxy_connect_timeout ${connectTimeoutS}s;
      proxy_send_timeout ${silenceTimeoutS}s;
      # Between two reads: waiting and a long prompt are silent.
      proxy_read_timeout ${silenceTimeoutS}s;
      # Generating twice does no harm, and nothing is sent again once an answer has begun. It takes
      # the whole request to send it again, so proxy_request_buffering stays on.
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      proxy_next_upstream_tries 3;
    }
  }
}
`;
}
