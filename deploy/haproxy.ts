import { hostAndPort, oneLine } from './addresses.ts';
import { type BalancedReplica, type BalancerSetting, defineBalancer } from './balancer.ts';

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
  policies: [
    {
      name: 'leastconn',
      summary: 'The fewest requests in progress per weight.',
      directives: () => ['balance leastconn'],
      equivalent: { name: 'haproxy-leastconn', options: {}, likeness: 'picks' },
    },
    {
      name: 'roundrobin',
      summary: 'In turn, by weight.',
      directives: () => ['balance roundrobin'],
      equivalent: { name: 'haproxy-roundrobin', options: {}, likeness: 'picks' },
    },
    {
      name: 'random',
      summary: 'The less busy of two that chance draws, by their arcs on a ring.',
      directives: () => ['balance random(2)'],
      equivalent: { name: 'power-of-two', options: {}, likeness: 'close' },
    },
    {
      name: 'hash',
      summary: 'A session stays at its replica, by consistent hashing of the session header.',
      directives: consistentHash,
      equivalent: {
        name: 'ring-hash',
        options: { key: 'session', hash: 'haproxy' },
        likeness: 'picks',
      },
    },
    {
      name: 'bounded_hash',
      summary: 'The same, but no replica has more than 1.25 times its share.',
      directives: (setting) => [...consistentHash(setting), 'hash-balance-factor 125'],
      equivalent: {
        name: 'bounded-hash',
        options: { key: 'session', hash: 'haproxy', balanceFactor: 1.25 },
        likeness: 'picks',
      },
    },
    {
      name: 'source',
      summary: 'A client address stays at its replica; behind another proxy all have the same.',
      directives: () => ['balance source', 'hash-type consistent'],
    },
    {
      name: 'uri',
      summary: 'By path: all chat completions have the same, so one replica gets them all.',
      directives: () => ['balance uri', 'hash-type consistent'],
    },
  ],
  configure: haproxyCfg,
});

function consistentHash({ sessionHeader }: BalancerSetting): string[] {
  return [`balance hdr(${sessionHeader})`, 'hash-type consistent'];
}

function haproxyCfg(setting: BalancerSetting, directives: readonly string[]): string {
  const { bodyMegabytes, connectTimeoutS, healthPath, listen } = setting;
  const { replicas, silenceTimeoutS, streams, threads } = setting;
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
  http-request deny deny_status 413 if { req.hdr_val(content-length) gt ${bodyMegabytes * 1_048_576} }
  default_backend replicas
backend replicas
${[...directives, ...check].map((line) => `  ${line}`).join('\n')}
  default-server pool-purge-delay 2s # vLLM closes after 5 s; whoever closes first loses no request
${serverLines(replicas).join('\n')}
`;
}

/** Of passive checks there are none without active ones. */
function checks(path: string): string[] {
  return [
    `option httpchk GET ${path}`,
    'default-server check inter 5s fall 3 rise 2',
    'default-server observe layer4 error-limit 5 on-error mark-down # before a check would notice',
  ];
}

/** The names of servers are in statistics and logs; few characters are allowed in them. */
function serverLines(replicas: readonly BalancedReplica[]): string[] {
  const taken = new Set<string>();
  return replicas.map(({ name, url, weight }, index) => {
    const plain = name.replaceAll(/[^\w.:-]/g, '_').slice(0, 60);
    const unique = plain === '' || taken.has(plain) ? `${plain}_${index + 1}` : plain;
    taken.add(unique);
    const comment = unique === name ? '' : ` # ${oneLine(name)}`;
    return `  server ${unique} ${hostAndPort(url)} weight ${weight}${comment}`;
  });
}
