import { hostAndPort, oneLine } from './addresses.ts';
import { type BalancerSetting, defineBalancer } from './balancer.ts';
import { caddyPolicies } from './caddy-policies.ts';

/** Caddy as Debian 12 has it (2.6) and newer; weights came later. */
export default defineBalancer({
  name: 'caddy',
  summary: 'Caddy: active and passive health checks; no weights, no queue, no second attempts.',
  file: 'Caddyfile',
  hasWeights: false,
  largestWeight: 65_535,
  program: {
    name: 'caddy',
    debianPackage: 'caddy',
    checkArguments: (file) => ['validate', '--config', file, '--adapter', 'caddyfile'],
    runArguments: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
  policies: caddyPolicies,
  configure: caddyfile,
});

function checksOf({ healthPath }: BalancerSetting): string {
  if (healthPath === undefined) return '';
  return `\t\thealth_uri ${healthPath}\n\t\thealth_interval 5s\n\t\thealth_timeout 2s\n`;
}

function caddyfile(setting: BalancerSetting, directives: readonly string[]): string {
  const { bodyMegabytes, connectTimeoutS, folder, listen, replicas } = setting;
  const upstreams = replicas.map(
    ({ name, url }) => `\t\t# ${oneLine(name)}\n\t\tto ${hostAndPort(url)}`,
  );
  // By its administration a service is told to read its file again; a run by hand needs none, and
  // two of them would want the same port.
  const admin = folder === undefined ? '' : '{\n\tadmin off\n}\n';
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
		# No second attempts. Caddy 2.6 closes the body of a request when a replica cannot be reached,
		# fails with it at the next one, which is well, and then takes that one for broken, too; and
		# with request buffers it reads from one that another request may have been given meanwhile.
		# So a replica is out after one failure, or by its checks, and clients have to try again.
		fail_duration 10s
		max_fails 1
${checksOf(setting)}		transport http {
			dial_timeout ${connectTimeoutS}s
			# vLLM closes after 5 s; whoever closes first loses no request.
			keepalive 4s
			keepalive_idle_conns_per_host 1024
		}
	}
}
`;
}
