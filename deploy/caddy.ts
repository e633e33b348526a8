import { hostAndPort, oneLine } from './addresses.ts';
import { type BalancerSetting, defineBalancer } from './balancer.ts';

/** Caddy as Debian 12 has it (2.6) and newer; weights came later. */
export default defineBalancer({
  name: 'caddy',
  summary: 'Caddy: active and passive health checks, no weights, no queue.',
  file: 'Caddyfile',
  hasWeights: false,
  largestWeight: 65_535,
  program: {
    name: 'caddy',
    debianPackage: 'caddy',
    checkArguments: (file) => ['validate', '--config', file, '--adapter', 'caddyfile'],
    runArguments: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
  policies: [
    {
      name: 'least_conn',
      summary: 'The fewest requests in progress, ties by chance.',
      directives: () => ['lb_policy least_conn'],
      equivalent: { name: 'least-requests', options: {}, likeness: 'chances' },
    },
    {
      name: 'round_robin',
      summary: 'In turn, beginning with the second.',
      directives: () => ['lb_policy round_robin'],
      equivalent: { name: 'round-robin', options: {}, likeness: 'picks' },
    },
    {
      name: 'random',
      summary: 'By chance; what Caddy does unless told otherwise.',
      directives: () => ['lb_policy random'],
      equivalent: { name: 'random', options: {}, likeness: 'chances' },
    },
    {
      name: 'random_choose',
      summary: 'The less busy of two that chance draws; Caddy 2.6 often draws but one.',
      directives: () => ['lb_policy random_choose 2'],
      equivalent: { name: 'power-of-two', options: {}, likeness: 'close' },
    },
    {
      name: 'header',
      summary: 'A session stays at its replica, by rendezvous hashing of the session header.',
      directives: ({ sessionHeader }) => [`lb_policy header ${sessionHeader}`],
      equivalent: {
        name: 'rendezvous-hash',
        options: { key: 'session', hash: 'caddy' },
        likeness: 'picks',
      },
    },
    {
      name: 'ip_hash',
      summary: 'A client address stays at its replica; behind another proxy all have the same.',
      directives: () => ['lb_policy ip_hash'],
    },
    {
      name: 'first',
      summary: 'The first that is well; the others stand by.',
      directives: () => ['lb_policy first'],
    },
  ],
  configure: caddyfile,
});

function caddyfile(setting: BalancerSetting, directives: readonly string[]): string {
  const { bodyMegabytes, connectTimeoutS, folder, healthPath, listen, replicas } = setting;
  const upstreams = replicas.map(
    ({ name, url }) => `\t\t# ${oneLine(name)}\n\t\tto ${hostAndPort(url)}`,
  );
  // By its administration a service is told to read its file again; a run by hand needs none, and
  // two of them would want the same port.
  const admin = folder === undefined ? '' : '{\n\tadmin off\n}\n';
  const checks =
    healthPath === undefined
      ? ''
      : `\t\thealth_uri ${healthPath}\n\t\thealth_interval 5s\n\t\thealth_timeout 2s\n`;
  return `# Caddy in front of vLLM, written by Fairlead.
${admin}
# Not by name: a host here would answer only who asks for it by that name.
http://:${listen.port} {
	bind ${listen.host}
	request_body {
		max_size ${bodyMegabytes}MiB
	}
	# Events are passed on one by one by themselves. "flush_interval -1" would do so for everything,
	# but then a replica goes on generating for a client that is gone.
	reverse_proxy {
${upstreams.join('\n')}
${directives.map((line) => `\t\t${line}`).join('\n')}
		# Only what no replica has got yet is sent to another one.
		lb_retries 2
		fail_duration 10s
		max_fails 1
${checks}		transport http {
			dial_timeout ${connectTimeoutS}s
			# vLLM closes after 5 s; whoever closes first loses no request.
			keepalive 4s
			keepalive_idle_conns_per_host 1024
		}
	}
}
`;
}
