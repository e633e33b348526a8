import { expect, test } from 'vitest';
import { complaintAbout, type Slip } from '../support/complaints.ts';

/** What stands under `gateway:`, in one line of its own at the end of the file. */
const given = 'strategies: [random, least-tokens]\n';
const gateway = (text: string) => `${given}gateway:\n  ${text}\n`;

function slip(text: string, place: string, ...sentences: string[]): Slip {
  return [given, gateway(text), place, ...sentences];
}

const slips: readonly Slip[] = [
  [
    'random, least-tokens',
    '{ least-tokens: { tokensPerRequest: 3 } }',
    '15:14 strategies[0].name',
    'it is missing.',
    'Write "name: least-tokens".',
  ],
  slip(
    'admission: { tiers: { gold: { concurent: 8 } } }',
    '17:33 gateway.admission.tiers.gold.concurent',
    'there is no key "concurent" here.',
    'Did you mean "concurrent"?',
  ),
  slip(
    'admission: { tiers: { gold: { concurrent: 0 } } }',
    '17:45 gateway.admission.tiers.gold.concurrent',
    'found 0, expected at least 1.',
    'Write for example "concurrent: 32".',
  ),
  slip(
    'admission: { tiers: { gold: { requests: [{ kind: leaky, perS: 1 }] } } }',
    '17:52 gateway.admission.tiers.gold.requests[0].kind',
    'there is no kind "leaky".',
    'Known: token-bucket, sliding-window.',
  ),
  slip(
    'admission: { tiers: { gold: { requests: [{ perS: 1 }] } } }',
    '17:44 gateway.admission.tiers.gold.requests[0].kind',
    'it is missing.',
    'Write "kind: token-bucket" or "kind: sliding-window".',
  ),
  slip(
    'admission: {}',
    '17:14 gateway.admission.tiers',
    'it is missing; expected a block of keys.',
    'Write for example "tiers: {free: {concurrent: 4}}".',
  ),
  slip(
    'retries: 2',
    '17:12 gateway.retries',
    'found 2, expected a block of keys.',
    'Its keys: most, backoff, maxBackoff, budget, atLeast.',
  ),
  slip(
    'health: { passive: true }',
    '17:22 gateway.health.passive',
    'found true, expected a block of keys.',
    'It begins with "kind: ejection" or "kind: max-fails".',
  ),
  slip(
    'queue: { shedLate: yes }',
    '17:22 gateway.queue.shedLate',
    'found "yes", expected true or false.',
  ),
  slip(
    'autoscale: { a100: { max: 8, rule: queue-depth } }',
    '17:38 gateway.autoscale.a100.rule',
    'found "queue-depth", expected a block of keys.',
    'It begins with "kind: queue-depth" or "kind: kv-target" or "kind: ttft-target" or "kind: rate-trend".',
  ),
  slip(
    'autoscale: { a100: { max: 8, rule: { kind: ttft-target } } }',
    '17:38 gateway.autoscale.a100.rule.target',
    'it is missing; expected a duration with its unit, from 1ms to 24h.',
    'Write for example "target: 500ms".',
  ),
];

test('of a choice between numbers all are told', () => {
  const to = '{ name: maglev-hash, tableSize: 1000 }';
  const told = complaintAbout('random, least-tokens', to);
  expect(told).toMatch(/tableSize: found 1000, expected 251 or .*16381 or .*65537/);
  expect(told).toMatch(/ Write for example "tableSize: 65537"\.$/);
});

test.each(slips)(
  '%s, changed to %s, is answered with its place',
  (from, to, place, ...sentences) => {
    expect(complaintAbout(from, to)).toBe(`slip.yaml:${place}: ${sentences.join(' ')}`);
  },
);
