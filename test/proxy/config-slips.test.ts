import { describe, expect, test } from 'vitest';
import { configProblem, exampleText } from './support/configs.ts';

describe('a slip is named with its place, and with what to write', () => {
  /** From, to, what stands at the place, and what is said of it. */
  const slips: [from: string, to: string, at: string, sentence: RegExp][] = [
    ['most: 2,', 'mots: 2,', 'most: 2,', /retries\.mots: .*Did you mean "most"\?/],
    ['port: 9901', 'port: 8080', '9901', /admin\.port: 8080 is the port of the clients/],
    [
      'transport: dispatch',
      'transport: udp',
      'dispatch # raw',
      /found "udp", expected "dispatch" or "raw"/,
    ],
    ['32768', '32k', '32768', /limits\.headerBytes: found "32k", expected a number/],
    [
      'firstByte: 120s',
      'firstByte: 120',
      '120s, idle',
      /found 120, expected a duration with its unit/,
    ],
    [
      'strategy: predicted',
      'strategy: predictd',
      'predicted-finish #',
      /there is no strategy "predictd-finish"\. Did you mean "predicted-finish"\?/,
    ],
    [
      'strategy: predicted-finish',
      'strategy: precise-prefix',
      'predicted-finish #',
      /needs KV events.*Write for example "weighted-scorers"/,
    ],
    ['tier: free', 'tier: fre', 'free\n    priority', /has no "fre"\. Did you mean "free"\?/],
    [
      "00002'",
      "00001'",
      "'0000000000000000000000000000000000000000000000000000000000000002'",
      /this key is there twice/,
    ],
    [
      "00002'",
      "0000X'",
      "'0000000000000000000000000000000000000000000000000000000000000002'",
      /expected 64 hex digits, as "fairlead proxy --hash-key" prints them/,
    ],
    [
      '10.0.1.2',
      '10.0.1.1',
      '{ name: l40s-2',
      /replicas\.l40s\[1\]: http:\/\/10\.0\.1\.1:8000 is there twice/,
    ],
    [
      'name: l40s-2',
      'name: l40s-1',
      '{ name: l40s-2',
      /l40s-1 is there twice\. Leave one of them out/,
    ],
    [
      'http://10.0.1.2:8000',
      '10.0.1.2:8000',
      'http://10.0.1.2:8000',
      /expected an address such as http:\/\/10\.0\.0\.1:8000/,
    ],
    [
      'http://10.0.1.2:8000',
      'http://10.0.1.2/v1',
      'http://10.0.1.2:8000',
      /expected an address without a path/,
    ],
    ['  l40s:\n', '  l4s:\n', 'l40s:\n', /the fleet has no group "l4s"\. Did you mean "l40s"\?/],
    ['  l40s:\n', '  L40S:\n', 'l40s:\n', /the key "L40S" is wrong: expected lower-case letters/],
    [
      'replicas: 2, engine',
      'replicas: 3, engine',
      'l40s:\n',
      /the fleet has 3 of "l40s", and here are 2 addresses/,
    ],
    ['gpu: L40S', 'gpu: L40X', 'L40S,', /fleet\[1\]\.gpu: .*"L40X".*Did you mean/],
    ['model: Llama-3.1-8B', '# model', 'fleet:\n', /it needs a model\. Write "model: …"/],
    ['slo: [ttft', 'slo: [tftt', 'ttft.p99 < 2s', /^fairlead.yaml:\d+:\d+ slo\[0\]: .*tftt/],
  ];
  test.each(slips)('%j → %j', (from, to, at, sentence) => {
    const message = complaint(from, to);
    expect(message).toMatch(sentence);
    expect(message.split('\n')[0]).toContain(`${placeOf(at)} `);
  });
});

/** What somebody reads who wrote `to` where the example has `from`. */
function complaint(from: string, to: string): string {
  expect(exampleText).toContain(from);
  return configProblem(exampleText.replace(from, () => to))?.message ?? 'no complaint';
}

/** Where a text stands in the example, as a complaint says it. */
function placeOf(text: string): string {
  const before = exampleText.slice(0, exampleText.indexOf(text)).split('\n');
  return `fairlead.yaml:${before.length}:${before.at(-1)!.length + 1}`;
}
