import { z } from 'zod';
import { US_PER_S } from '../../core/time.ts';
import { gatewaySchema } from '../../scenarios/gateway-schema.ts';
import { knownName } from '../../scenarios/known-name.ts';
import { count, duration } from '../../scenarios/quantities.ts';
import { fleetGroupSchema, strategySchema, type Vocabulary } from '../../scenarios/schema.ts';
import { thresholdSchema } from '../../scenarios/threshold-schema.ts';

const hourUs = 3_600 * US_PER_S;

/** A gateway as it should be when nobody has said anything of it. */
const liveGateway = {
  timeouts: { connect: '2s', firstByte: '120s', idle: '60s', total: '30m' },
  retries: {},
  health: {
    active: { every: '10s', timeout: '2s', fall: 3, rise: 2 },
    passive: { kind: 'ejection' },
  },
  queue: {},
  monitor: {},
} as const;

const url = z
  .url({ protocol: /^https?$/, error: 'expected an address such as http://10.0.0.1:8000' })
  .refine(isOrigin, 'expected an address without a path, such as http://10.0.0.1:8000')
  .meta({ examples: ['http://10.0.0.1:8000'] });
const replica = z.union(
  [
    url,
    z.strictObject({
      name: z
        .string()
        .regex(/^[\w.:-]{1,64}$/, 'expected letters, digits, dots, dashes and colons')
        .meta({ examples: ['a100-1'] })
        .describe('What it is called in metrics and by strategies that hash. Default: host:port.'),
      url,
    }),
  ],
  { error: 'expected an address, or {name: …, url: …}' },
);
const urls = z
  .array(replica)
  .min(1)
  .max(10_000)
  .meta({ examples: [['http://10.0.0.1:8000', 'http://10.0.0.2:8000']] });

const groupName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes');
const port = z.int().min(0).max(65_535);
const host = (address: string) => z.string().min(1).max(253).default(address);

const listenSchema = z.strictObject({
  host: host('0.0.0.0')
    .meta({ examples: ['0.0.0.0'] })
    .describe('Address of the interface.'),
  port: port
    .default(8080)
    .meta({ examples: [8080] })
    .describe('Where clients come.'),
});

const adminSchema = z.strictObject({
  host: host('127.0.0.1')
    .meta({ examples: ['127.0.0.1'] })
    .describe('Address of the interface.'),
  port: port
    .default(9901)
    .meta({ examples: [9901] })
    .describe('Of the admin interface and of the metrics; never the one of the clients.'),
  tokenFile: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['/etc/fairlead/admin-token'] })
    .describe(
      'File with the token that it asks for. Default: the variable FAIRLEAD_ADMIN_TOKEN; without either there is no admin interface.',
    ),
  openMetrics: z
    .boolean()
    .default(false)
    .meta({ examples: [true] })
    .describe('Whether /metrics may be read without the token.'),
});

const keySchema = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits, as "fairlead proxy --hash-key" prints them')
    .meta({ examples: ['3c6c5bbc1914634f84879fcf416d98bffda1bddea45c0d03d33ab0daab3ba89e'] })
    .describe('SHA-256 of the key; the key itself is nowhere in the file.'),
  tenant: z
    .string()
    .min(1)
    .max(64)
    .meta({ examples: ['acme'] })
    .describe('Whose it is; several keys may be of one tenant.'),
  tier: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ examples: ['paid'] })
    .describe('Of gateway.admission.tiers. Default: the tier "default".'),
  priority: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .default(0)
    .meta({ examples: [-1] })
    .describe('Lower goes first, where the queue is ordered by it.'),
  slo: z
    .array(thresholdSchema)
    .max(20)
    .optional()
    .meta({ examples: [['ttft.p99 < 500ms']] })
    .describe('In place of the objectives of the proxy.'),
});

const upstreamSchema = z.strictObject({
  transport: z
    .enum(['dispatch', 'raw'])
    .default('dispatch')
    .describe('dispatch: by undici. raw: straight over sockets, faster, for plain http only.'),
  apiKeyFile: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['/etc/fairlead/vllm-key'] })
    .describe(
      'File with the key that replicas ask for. Default: the variable FAIRLEAD_UPSTREAM_KEY, or none.',
    ),
  forwardClientKey: z
    .boolean()
    .default(false)
    .describe('Whether replicas get the key of the client instead.'),
  healthPath: z
    .string()
    .regex(/^\/[!-~]*$/, 'expected a path')
    .default('/health')
    .meta({ examples: ['/health'] })
    .describe('What is asked for the health of a replica.'),
});

const limitsSchema = z.strictObject({
  bodyBytes: count({ max: 2 ** 30, example: 33_554_432 })
    .default(33_554_432)
    .describe('Longest body of a request, unpacked.'),
  headerBytes: count({ max: 1_048_576, example: 32_768 })
    .default(32_768)
    .describe('All headers of a request together.'),
  connections: count({ max: 1_000_000, example: 10_000 })
    .default(10_000)
    .describe('Clients at once; more are closed as they come.'),
  requests: count({ max: 1_000_000, example: 10_000 })
    .default(10_000)
    .describe('Requests in the proxy at once, streams among them; more are refused.'),
  requestTime: duration({ minUs: US_PER_S, maxUs: hourUs, example: '30s' })
    .default('30s')
    .describe('How long a client may take to send its request.'),
  idle: duration({ minUs: US_PER_S, maxUs: hourUs, example: '75s' })
    .default('75s')
    .describe('When a connection without a request is closed.'),
  stalledReader: duration({ minUs: US_PER_S, maxUs: hourUs, example: '60s' })
    .default('60s')
    .describe('When a client is given up that does not read its answer.'),
});

/** What the configuration of the proxy may say. The editor schema is generated from it. */
export function proxySchema(vocabulary: Vocabulary) {
  return z.strictObject({
    $schema: z.string().optional().describe('The editor schema; ignored here.'),
    listen: listenSchema.prefault({}).describe('Where clients come.'),
    admin: adminSchema.prefault({}).describe('For operators and for Prometheus.'),
    replicas: z
      .union([urls, z.record(groupName, urls)])
      .meta({ examples: [['http://10.0.0.1:8000', 'http://10.0.0.2:8000']] })
      .describe('Addresses of the replicas; by group of the fleet where there are several.'),
    model: knownName('model', vocabulary.models, 'Llama-3.1-8B')
      .optional()
      .describe('As in a scenario; for strategies that forecast.'),
    fleet: z
      .array(fleetGroupSchema(vocabulary))
      .min(1)
      .max(64)
      .optional()
      .meta({ examples: [[{ name: 'a100', gpu: 'A100-80GB-SXM', replicas: 4 }]] })
      .describe('As in a scenario: what the replicas are; for strategies that forecast.'),
    strategy: strategySchema(vocabulary)
      .default('least-requests')
      .describe('Who chooses the replica of a request.'),
    gateway: gatewaySchema
      .prefault(liveGateway)
      .describe('As in a scenario, and in place of all of the default.'),
    slo: z
      .array(thresholdSchema)
      .max(20)
      .default([])
      .meta({ examples: [['ttft.p99 < 500ms']] })
      .describe('What strategies and queues should keep to.'),
    keys: z
      .array(keySchema)
      .max(10_000)
      .optional()
      .meta({ examples: [[{ sha256: '3c6c5b…', tenant: 'acme', tier: 'paid' }]] })
      .describe('Of clients. Default: whoever comes is served, as the tenant "anonymous".'),
    upstream: upstreamSchema.prefault({}).describe('How replicas are spoken to.'),
    limits: limitsSchema.prefault({}).describe('What clients may do.'),
    sessionHeader: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'expected the name of a header in lower case')
      .default('x-session-id')
      .meta({ examples: ['x-session-id'] })
      .describe('Header with which clients name a conversation.'),
    tellStory: z
      .boolean()
      .default(false)
      .meta({ examples: [true] })
      .describe('Whether answers say by x-fairlead- headers what the gateway did.'),
    accessLog: z
      .string()
      .min(1)
      .optional()
      .meta({ examples: ['/var/log/fairlead/access.ndjson'] })
      .describe('File for one line of JSON for each request, or "stdout". Default: none.'),
    shutdownGrace: duration({ minUs: 0, maxUs: 24 * hourUs, example: '60s' })
      .default('60s')
      .describe('How long streams may go on after SIGTERM.'),
  });
}

export type ProxyConfig = Readonly<z.output<ReturnType<typeof proxySchema>>>;

function isOrigin(text: string): boolean {
  // Of another kind of address there is another complaint.
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return true;
  const { hash, password, pathname, search, username } = new URL(text);
  return pathname === '/' && [hash, search, username, password].every((part) => part === '');
}
