import { hostAndPort, oneLine } from './addresses.ts';
import { type BalancedReplica, type BalancerSetting, defineBalancer } from './balancer.ts';
import { haproxyPolicies } from './haproxy-policies.ts';

/** HAProxy as Debian 12 has it (2.6) and newer. */
export default defineBalancer({
  name: 'haproxy',
  summary: 'HAProxy: active health checks, a queue, bounded loads.',
  file: 'haproxy.cfg',
  hasWeights: true,
  largestWeight: 256,
  program: {
    name: 'haproxy',
    debianPackage: 'haproxy',
    checkArguments: (file) => ['-c', '-f', file],
    runArguments: (file) => ['-db', '-f', file],
  },
  policies: haproxyPolicies,
  configure: haproxyCfg,
});

/** Of passive checks there are none without active ones. */
function checks(path: string): string[] {
  return [
    `option httpchk GET ${path}`,
    'default-server check inter 5s fall 3 rise 2',
    'default-server observe layer4 error-limit 5 on-error mark-down # before a check would notice',
  ];
}

function haproxyCfg(setting: BalancerSetting, directives: readonly string[]): string {
  const { bodyMegabytes, connectTimeoutS, healthPath, listen } = setting;
  const { replicas, silenceTimeoutS, streams, threads } = setting;
  const bodyBytes = bodyMegabytes * 1_048_576;
  const check = healthPath === undefined ? [] : checks(healthPath);
  return `# HAProxy in front of vLLM, written by Fairlead.
global
  maxconn ${streams}
${threads === undefined ? '' : `  nbthread ${threads}\n`}  tune.bufsize 65536 # a request is sent to another replica only if it fits; prompts exceed 16 kB
defaults
  mode http
  option http-no-delay # or the first token waits for 0.2 s
  option abortonclose # or a replica goes on generating for a client that is gone
  option redispatch 1 # a second attempt goes to another replica
  retries 2
  retry-on conn-failure empty-response 502 503 # all of them before an answer has begun
  http-reuse always
  timeout connect ${connectTimeoutS}s
  timeout client ${silenceTimeoutS}s
  timeout server ${silenceTimeoutS}s # between two reads: waiting and a long prompt are silent
  timeout queue 120s # it would be that of connect
  timeout http-request 30s # for all of the headers
frontend clients
  bind ${listen.host}:${listen.port} backlog 8192
  http-request deny deny_status 413 if { req.hdr_val(content-length) gt ${bodyBytes} }
  default_backend replicas
backend replicas
${[...directives, ...check].map((line) => `  ${line}`).join('\n')}
  # vLLM closes after 5 s; whoever closes first loses no request.
  default-server pool-purge-delay 2s
${serverLines(replicas).join('\n')}
`;
}

/** The names of servers are in statistics and logs; few characters are allowed in them. */
function serverLines(replicas: readonly BalancedReplica[]): string[] {
  const taken = new Set<string>();
  return replicas.map(({ name, url, weight }, index) => {
    const plain = name.replaceAll(/[^\w.:-]/g, '_').slice(0, 60);
    let unique = plain === '' ? `replica_${index + 1}` : plain;
    while (taken.has(unique)) unique += '_';
    taken.add(unique);
    const comment = unique === name ? '' : ` # ${oneLine(name)}`;
    return `  server ${unique} ${hostAndPort(url)} weight ${weight}${comment}`;
  });
}
