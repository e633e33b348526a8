import { expect, test } from 'vitest';
import { idleProblem } from '../../scenarios/idle-parts.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { validYaml } from '../support/complaints.ts';
import { vocabulary } from '../support/scenarios.ts';

// What would be read and then change nothing is a mistake, and is said to be one.

function load(from: string, to: string) {
  const text = validYaml.replace(from, () => to);
  return parseScenario({ file: 'slip.yaml', text }, vocabulary, idleProblem);
}

const poisson = 'kind: poisson, rate: 24 }';
const curve = (kind: string, ...times: string[]) =>
  `kind: poisson, rate: { kind: ${kind}, points: [${times.map((at) => `{ at: ${at}, rate: 9 }`).join(', ')}] } }`;
const withPopulation = (from: string) =>
  `${poisson}\n    population: { tenants: 9, surges: [{ tenant: 2, share: 0.4, from: ${from}, until: 30m }] }`;
const client = (text: string) => `${poisson}\n    client: { ${text} }`;

test.each([
  [
    withPopulation('12m'),
    'population.surges[0].from: it would begin at 12m, and the run ends at 12m.',
  ],
  [curve('steps', '0s', '5m', '12m'), 'arrivals.rate.points[2].at: it would begin at 12m, and'],
  [curve('ramp', '0s', '15m', '20m'), 'arrivals.rate.points[2].at: it would begin at 15m, and'],
  [client('backoff: 2s'), 'client.backoff: there are no retries to wait for. Write retries: 2'],
  [client('abortAfter: 2s'), 'client.abortAfter: nobody goes away. Write abortShare: 0.05'],
])('%s is refused', (to, message) => {
  expect(() => load(poisson, to)).toThrow(` traffic[0].${message}`);
});

test.each([
  withPopulation('11m'),
  curve('steps', '0s', '11m'),
  curve('ramp', '0s', '20m'),
  client('backoff: 2s, retries: 0'),
  client('abortAfter: 2s, abortShare: 0'),
])('%s is taken', (to) => {
  expect(load(poisson, to).traffic).toHaveLength(1);
});

test('a replica that is once as slow is refused', () => {
  const events = 'events: [{ kind: slow, at: 5m, replicas: [a100], factor: 1, for: 1m }]\n';
  const slow = () => load('duration: 10m\n', `duration: 10m\n${events}`);
  expect(slow).toThrow(' events[0].factor: it changes nothing. Write for example "factor: 3".');
});

const inGateway = (text: string) => `duration: 10m\ngateway: { ${text} }\n`;

test.each([
  ['admission: { tiers: {} }', 'admission.tiers: no tier has a limit. Write for example'],
  ['admission: { tiers: { default: {} } }', 'admission.tiers.default: it limits nothing. Write'],
  [
    'admission: { tiers: { gold: { concurrent: 4 } } }',
    'admission.tiers.gold: no tenant is of the tier "gold". Write "tier: gold" at a tenant, or',
  ],
  [
    'maxInFlight: 4, queue: { weights: { default: 4 } }',
    'queue.weights: fairness is none, so this does nothing. Write "fairness: vtc".',
  ],
  [
    'maxInFlight: 4, queue: { fairness: vtc, weights: { gold: 4 } }',
    'queue.weights.gold: no tenant is of the tier "gold". Write "tier: gold" at a tenant, or',
  ],
  ['health: {}', 'health: nothing of it is on. Write for example "health: {active: {}}".'],
  ['health: { panicBelow: 0.3 }', 'health: nothing of it is on.'],
  [
    'health: { passive: { kind: ejection, time: 10m } }',
    'health.passive.time: maxTime is 300s, so this does nothing. Write a longer maxTime beside it.',
  ],
  ['queue: { ordering: edf }', 'queue: nobody ever waits in it. Write for example "maxInFlight'],
  ['retries: { backoff: 1s }', 'retries.backoff: maxBackoff is 250ms, so this does nothing.'],
  ['spread: session', 'spread: there is one gateway to come to. Write for example "routers: 4".'],
])('a gateway of which a part does nothing is refused: %s', (text, message) => {
  expect(() => load('duration: 10m\n', inGateway(text))).toThrow(` gateway.${message}`);
});

test.each([
  'admission: { tiers: { default: { promptTokens: 100 } } }',
  'admission: { tiers: { default: { tokens: [{ kind: sliding-window, most: 10 }] } } }',
  'health: { active: { every: 1s } }',
  'health: { slowStart: {} }',
  'health: { passive: { kind: max-fails, maxFails: 0 } }',
  'health: { passive: { kind: ejection, time: 10m, maxTime: 10m } }',
  'retries: { backoff: 1s, maxBackoff: 10s }',
  'queue: {}, maxInFlight: 100',
  'queue: { whenNoReplica: reject }, health: { active: {} }',
  'spread: session, routers: 2',
])('a gateway that does something is taken: %s', (text) => {
  expect(load('duration: 10m\n', inGateway(text)).traffic).toHaveLength(1);
});

test('a tier that a tenant is of is taken', () => {
  const tier = 'gateway: { admission: { tiers: { gold: { concurrent: 4 } } } }';
  const text = validYaml.replace('tenant: chat', 'tenant: chat\n    tier: gold');
  const load = () =>
    parseScenario({ file: 'slip.yaml', text: `${text}${tier}\n` }, vocabulary, idleProblem);
  expect(load().gateway.admission?.tiers).toHaveProperty('gold');
});
