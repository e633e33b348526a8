import { describe, expect, test } from 'vitest';
import { libraryNames } from '../../scenarios/library.ts';
import { complaintAbout, validYaml } from '../support/complaints.ts';
import { loadScenario, smallScenario, writtenScenario } from '../support/scenarios.ts';

describe('a scenario that was loaded', () => {
  test('has every default filled in', () => {
    const scenario = loadScenario(validYaml.replace(/^(duration|slo|strategies).*\n/gm, ''));
    expect(scenario).toMatchObject({ warmupUs: 120e6, durationUs: 600e6, slo: [] });
    expect(scenario.strategies.map(({ name }) => name)).toEqual(['round-robin', 'least-requests']);
    expect(scenario.fleet[0]?.engine).toEqual({
      vllmProfile: 'vllm-0.30',
      dtype: 'auto',
      kvCacheDtype: 'auto',
      longPrefillTokenThreshold: 0,
      tensorParallelSize: 1,
      dataParallelSize: 1,
      enableChunkedPrefill: true,
      enablePrefixCaching: true,
      schedulingPolicy: 'fcfs',
      maxLoras: 1,
      loraLoadMs: 20,
      watermark: 0,
      apiServer: { requestMs: 5, promptUsPer1000Tokens: 15, processes: 1 },
      stepTime: { kind: 'roofline' },
    });
  });

  test('keeps the options of its strategies beside their names', () => {
    const withOptions = '[random, { name: least-tokens, tokensPerRequest: 300 }]';
    const text = validYaml.replace('[random, least-tokens]', withOptions);
    expect(loadScenario(text).strategies).toEqual([
      { name: 'random', options: {} },
      { name: 'least-tokens', options: { tokensPerRequest: 300 } },
    ]);
  });

  test('cannot be changed afterwards, down to the last option', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(loadScenario(validYaml))).toBe(true);
    expect(frozen(smallScenario())).toBe(true);
  });

  test('is the same whether written in flow or in block style', () => {
    const block = validYaml.replace(
      'arrivals: { kind: poisson, rate: 24 }',
      'arrivals:\n      rate: 24.0\n      kind: "poisson"',
    );
    expect(loadScenario(block)).toEqual(loadScenario(validYaml));
  });

  test('may reuse a block by its YAML name', () => {
    const text = validYaml
      .replace('input: {', 'input: &length {')
      .replace('output: { kind: constant, tokens: 128 }', 'output: *length');
    const [tenant] = loadScenario(text).traffic;
    expect(tenant?.output).toEqual(tenant?.input);
  });
});

test.each(libraryNames())('the scenario "%s" of the library loads', (name) => {
  expect(writtenScenario(name).name).toBe(name);
});

test('a clamp that is upside down is refused', () => {
  const upsideDown = '{ kind: log-normal, mean: 100, sd: 50, min: 200, max: 50 }';
  expect(complaintAbout('{ kind: constant, tokens: 512 }', upsideDown)).toMatch(
    /^slip\.yaml:11:\d+ traffic\[0\]\.input/,
  );
});
