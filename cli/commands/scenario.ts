import { Command } from '@commander-js/extra-typings';
import { quantile, sortedSample } from '../../core/quantiles.ts';
import { formatDurationUs, US_PER_S } from '../../core/time.ts';
import { formatNumber } from '../../reports/format.ts';
import { stepTimeText } from '../../reports/step-time-text.ts';
import type { TextStyle } from '../../reports/terminal-table.ts';
import { libraryNames } from '../../scenarios/library.ts';
import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { fleetFacts, modelFacts } from '../../sim/fleet-facts.ts';
import { hardwareText, memoryText, modelText } from '../fleet-text.ts';
import { loadScenario } from '../load-scenario.ts';
import { printJson } from '../print-json.ts';
import { printList } from '../print-list.ts';
import { textStyle } from '../text-style.ts';
import { importCommand } from './scenario-import.ts';

const list = new Command('list')
  .description('Shows the scenarios that come with Fairlead.')
  .option('--json', 'print one JSON document and nothing else')
  .action(async (options) => {
    const load = (name: string) => loadScenario(name, { withTraces: false });
    printList(await Promise.all(libraryNames().map(load)), options);
  });

const show = new Command('show')
  .description('Shows what a scenario asks for, every default filled in.')
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option('--json', 'print one JSON document and nothing else')
  .action(async (name, { json, ...options }) => {
    const scenario = await loadScenario(name, options);
    const fleet = fleetFacts(scenario);
    if (json) return printJson({ scenario, model: modelFacts(scenario), fleet });
    process.stdout.write(`${describe(scenario, textStyle(process.stdout)).join('\n')}\n`);
  });

const validate = new Command('validate')
  .description('Checks scenarios and says what is wrong, with file, line and column.')
  .argument('<scenario...>', 'names in the library, paths of files, or http(s) addresses')
  .action(async (names) => {
    for (const name of names) {
      await loadScenario(name);
      process.stdout.write(`${name}: ok\n`);
    }
  });

export const scenarioCommand = new Command('scenario')
  .summary('the library of scenarios: list, show, validate, import')
  .description('The library of scenarios, and checks for your own.')
  .addCommand(list)
  .addCommand(show)
  .addCommand(validate)
  .addCommand(importCommand);

const sampled = 10_000;

function describe(scenario: Scenario, { bold }: TextStyle): string[] {
  const stream = new RequestStream(scenario, 1);
  const requests: RequestSpec[] = [];
  while (requests.length < sampled && stream.nextArrivalUs < Number.POSITIVE_INFINITY) {
    requests.push(stream.next());
  }
  const rate = (requests.length * US_PER_S) / requests.at(-1)!.arrivalUs;
  const fleet = fleetFacts(scenario).flatMap((group) => [
    `  ${group.name}: ${hardwareText(group)}, KV cache ${formatNumber(group.kvTokens)} tokens each, max_num_seqs ${group.maxNumSeqs}, max_num_batched_tokens ${group.maxNumBatchedTokens}, max_model_len ${group.maxModelLen}`,
    `    ${memoryText(group)}; step times: ${stepTimeText(group.stepTime)}`,
    ...group.notes.map((note) => `    ${note}`),
  ]);
  return [
    bold(scenario.name),
    `  ${scenario.summary}`,
    '',
    bold(`Fleet: ${modelText(scenario)}`),
    ...fleet,
    '',
    bold(
      `Traffic: ${formatNumber(rate)} requests/s in the first ${requests.length.toLocaleString('en-US')}`,
    ),
    ...scenario.traffic.map(
      ({ tenant, arrivals, trace, users }) =>
        `  ${tenant}: ${trace ? `the trace ${trace.file}` : arrivals ? `${String(arrivals['kind'])} arrivals` : `${users!.users} users`}`,
    ),
    lengthLine('prompt', requests, ({ promptTokens }) => promptTokens),
    lengthLine('answer', requests, ({ outputTokens }) => outputTokens),
    '',
    bold('Measured'),
    `  ${formatDurationUs(scenario.durationUs)} after ${formatDurationUs(scenario.warmupUs)} of warm-up`,
    `  SLO: ${scenario.slo.map(({ text }) => text).join(', ') || 'none'}`,
    `  Strategies: ${scenario.strategies.map((choice) => choice.name).join(', ')}`,
  ];
}

function lengthLine(
  what: string,
  requests: readonly RequestSpec[],
  tokens: (request: RequestSpec) => number,
): string {
  const sorted = sortedSample(Float64Array.from(requests, tokens));
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const at = (q: number) => formatNumber(Math.round(quantile(sorted, q)!));
  return `  ${what} tokens: mean ${formatNumber(Math.round(mean))}, p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}`;
}
