import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { addressesByGroup } from '../../proxy/config/proxy-setup.ts';
import { needsRestart, remarksOn } from '../../proxy/config/remarks.ts';
import { gatewaySchema } from '../../scenarios/gateway-schema.ts';
import { libraryNames, readScenarioText, tracedNames } from '../../scenarios/library.ts';
import { configOf, configProblem, exampleText } from './support/configs.ts';
import { setupOf } from './support/proxy.ts';

const minimal = 'replicas: [http://10.0.0.1:8000]\n';

test('the example is right, and says nothing that is ignored', () => {
  const config = configOf(exampleText);
  expect(remarksOn(config)).toEqual([]);
  expect(Object.keys(config.gateway.admission!.tiers)).toEqual(['free', 'paid', 'enterprise']);
  expect(addressesByGroup(config).map(([group, all]) => [group, all.length])).toEqual([
    ['a100', 2],
    ['l40s', 2],
  ]);
});

test('all that the example only repeats is the default', () => {
  const { keys: _keys, ...example } = configOf(exampleText);
  const usual = configOf(minimal);
  for (const part of ['limits', 'listen', 'sessionHeader', 'tellStory', 'shutdownGrace'] as const) {
    expect([part, example[part]]).toEqual([part, usual[part]]);
  }
  expect(example.gateway.timeouts).toEqual(usual.gateway.timeouts);
  expect(example.gateway.retries).toEqual(usual.gateway.retries);
});

test('what cannot be read is the fault of the configuration, not of a scenario', () => {
  const twice = configProblem(`${minimal}strategy: random\nstrategy: round-robin\n`)!;
  expect([twice.code, twice.message]).toEqual([
    'CONFIG_SYNTAX',
    'fairlead.yaml:3:1 not valid YAML: this key is there twice. Keep one of them.',
  ]);
  expect(configProblem(`${minimal}---\n${minimal}`)!.message).not.toContain('scenario');
  expect(configProblem('')!.message).toMatch(
    /^fairlead.yaml:1:1 replicas: it is missing;.*Write for example "replicas: \[http:/,
  );
});

test('a wrong address is complained about once', () => {
  expect(configProblem('replicas: [a:1]')!.message.split('\n')).toHaveLength(1);
});

test('without tiers it says how to write one', () => {
  const keys = [{ sha256: 'a'.repeat(64), tenant: 'acme', tier: 'paid' }];
  expect(configProblem(`${minimal}${stringify({ keys })}`)!.message).toMatch(
    /has no "paid"\. Write for example "admission: \{tiers: \{paid: /,
  );
});

test('the raw transport takes no https', () => {
  const text = 'replicas: [http://a, https://b]\n';
  expect(configProblem(text)).toBeUndefined();
  expect(configProblem(`${text}upstream: { transport: raw }`)!.message).toMatch(
    /^fairlead.yaml:1:22 replicas\[1\]: .*Write "transport: dispatch"/,
  );
});

test('one port for clients and operators is refused, but for 0, which is any', () => {
  const ports = (port: number) => `${minimal}listen: { port: ${port} }\nadmin: { port: ${port} }\n`;
  expect(configProblem(ports(9_000))!.message).toMatch(/:3:16 admin\.port: 9000 is the port/);
  expect(configProblem(ports(0))).toBeUndefined();
});

test('without a gateway there is the documented one, and a given one replaces all of it', () => {
  const usual = configOf(minimal).gateway;
  expect(usual.health?.active?.every).toBe('10s');
  expect([usual.timeouts, usual.retries, usual.queue, usual.monitor]).not.toContain(undefined);
  for (const given of [{}, { queue: { maxLength: 7 } }, { timeouts: {} }]) {
    const { gateway } = configOf(`${minimal}${stringify({ gateway: given })}`);
    expect(gateway).toEqual(gatewaySchema.parse(given));
  }
  const [remark] = remarksOn(configOf(`${minimal}gateway: { timeouts: {}, queue: {} }`));
  expect(remark).toMatch(/it has no retries, health.*Write "retries: \{\}, health: \{ active/);
  expect(remarksOn(configOf(minimal))).toEqual([]);
});

test('the advice on what a gateway lacks can be followed', () => {
  const [remark] = remarksOn(configOf(`${minimal}gateway: {}`));
  const advice = /Write "(.*)" for/.exec(remark!)![1]!;
  expect(remarksOn(configOf(`${minimal}gateway: { ${advice} }`))).toEqual([]);
});

describe('the fleet and the gateway of a scenario can be used as they are:', () => {
  test.each([...libraryNames(), ...tracedNames()])('%s', (name) => {
    const { fleet, gateway, model, slo } = parse(readScenarioText(name).text) as Scenario;
    const replicas = Object.fromEntries(
      fleet.map((group, g) => [
        group.name,
        Array.from({ length: group.replicas ?? 1 }, (_, i) => `http://10.0.${g}.${i}:8000`),
      ]),
    );
    const text = stringify({ replicas, fleet, gateway, model, slo });
    expect(configProblem(text)?.message).toBeUndefined();
    const loaded = configOf(text);
    expect(loaded.fleet).toHaveLength(fleet.length);
    if (gateway !== undefined) expect(loaded.gateway).toMatchObject(gateway);
  });

  interface Scenario {
    readonly fleet: readonly { readonly name: string; readonly replicas?: number }[];
    readonly gateway?: object;
    readonly model: string;
    readonly slo?: readonly string[];
  }
});

test('what is for simulations only is ignored, and that is said', () => {
  const gateway = {
    ...{ timeouts: {}, retries: {}, queue: {}, health: {}, maxInFlight: 'maxNumSeqs' },
    ...{ routers: 4, signals: { loss: 0.1 } },
    autoscale: { a100: { max: 8, rule: { kind: 'queue-depth' } } },
  };
  const remarks = remarksOn(configOf(`${minimal}${stringify({ gateway })}`));
  const parts = remarks.map((remark) => remark.split(':')[0]);
  expect(parts).toEqual(
    ['autoscale', 'routers', 'signals', 'maxInFlight'].map((p) => `gateway.${p}`),
  );
});

test('a reload says what only a restart changes', () => {
  const replicas = ['http://10.0.0.1:8000'];
  const before = setupOf({ replicas });
  expect(needsRestart(before, setupOf({ replicas, strategy: 'random' }))).toEqual([]);
  const after = setupOf({
    replicas,
    listen: { port: 9 },
    accessLog: 'stdout',
    limits: { connections: 7, bodyBytes: 7 },
  });
  expect(needsRestart(before, { ...after, adminToken: undefined })).toEqual([
    'listen.host',
    'listen.port',
    'the admin token (there is one or none)',
    'limits.connections',
    'accessLog',
  ]);
});
