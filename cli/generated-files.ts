import { z } from 'zod';
import { errorTable, exitCode } from '../core/errors.ts';
import type { Plugin } from '../core/plugin.ts';
import { recordColumns } from '../core/request-record.ts';
import { proxyErrors } from '../proxy/client/proxy-errors.ts';
import { proxySchema } from '../proxy/config/proxy-schema.ts';
import { metrics } from '../reports/metrics.ts';
import { arrivals } from '../scenarios/arrivals/registry.ts';
import { jobs } from '../scenarios/jobs/registry.ts';
import { lengths } from '../scenarios/lengths/registry.ts';
import { rates } from '../scenarios/rates/registry.ts';
import { scenarioSchema } from '../scenarios/schema.ts';
import { traceSchema } from '../scenarios/trace-option.ts';
import { formats } from '../scenarios/traces/formats/registry.ts';
import { playSchema } from '../scenarios/traces/play-options.ts';
import { gpus } from '../sim/catalog/gpus/registry.ts';
import { strategies } from '../strategies/registry.ts';
import {
  type StrategyDefinition,
  type StrategyFamily,
  strategyFamilies,
} from '../strategies/strategy.ts';
import { generated, page, table } from './generated-page.ts';
import { gpuRows, modelRows, priceRows } from './hardware-tables.ts';
import { observabilityPage } from './observability-page.ts';
import { readStandings } from './standings.ts';
import { standingsSection } from './standings-table.ts';
import { describeStrategyOptions, needTexts, type StrategyOption } from './strategy-options.ts';
import { tracesGuide } from './traces-guide.ts';
import { vocabulary } from './vocabulary.ts';

/** What is written from the definitions in the code, so that a page cannot go stale unnoticed. */
export function generatedFiles(): [path: string, text: string][] {
  return [
    [
      'scenarios/scenario.schema.json',
      editorSchema('Fairlead scenario', scenarioSchema(vocabulary)),
    ],
    ['proxy/proxy.schema.json', editorSchema('Fairlead proxy', proxySchema(vocabulary))],
    ['docs/strategies.md', strategiesPage()],
    ['docs/scenario-plugins.md', pluginsPage()],
    ['docs/traces.md', tracesPage()],
    ['docs/metrics.md', metricsPage()],
    ['docs/errors.md', errorsPage()],
    ['docs/hardware.md', hardwarePage()],
    ['docs/proxy-observability.md', observabilityPage()],
  ];
}

function editorSchema(title: string, described: z.ZodType): string {
  const schema = z.toJSONSchema(described, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
}

function strategiesPage(): string {
  const row = (strategy: StrategyDefinition) => {
    const options = describeStrategyOptions(strategy).map(optionText);
    const needs = strategy.needs.map((need) => needTexts[need]).join(', ');
    const about = needs === '' ? strategy.summary : `${strategy.summary} *Told: ${needs}.*`;
    return [`\`${strategy.name}\``, about, options.join('<br>') || '–'];
  };
  const head = ['strategy', 'what it does', 'options (default)'];
  const families = Object.keys(strategyFamilies) as StrategyFamily[];
  const sections = families.flatMap((family) => {
    const members = strategies.filter((strategy) => strategy.family === family);
    if (members.length === 0) return [];
    const title = `## ${family[0]!.toUpperCase()}${family.slice(1)}`;
    return [`${title}\n\n${strategyFamilies[family]}\n\n${table([head, ...members.map(row)])}`];
  });
  const about = `Each is one file in \`strategies/\`; options have defaults. All know the requests that they
have sent and how these ended; what they are told besides is said. Options are given on the command
line or in a scenario:

\`\`\`sh
npx fairlead compare azure-chat -s round-robin -s 'weighted-scorers:weights={queue: 1, prefix: 2},picker=weighted'
npx fairlead strategy show weighted-scorers
\`\`\`

\`\`\`yaml
strategies:
  - round-robin
  - { name: weighted-scorers, weights: { queue: 1, prefix: 2 }, picker: weighted }
  - { name: priority-tiers, tiers: [[on-demand], [spot]] } # names of groups of the fleet
\`\`\``;
  const standings = readStandings();
  if (standings !== undefined) sections.unshift(standingsSection(standings));
  return [generated, '# Strategies', '', about, '', sections.join('\n')].join('\n');
}

function optionText({ default: value, description, name, parts, values }: StrategyOption) {
  // Ranges would fill the table; choices must be known.
  const choices = value.startsWith('"') ? ` Values: ${values}.` : '';
  const keys = parts.map((part) => `\`${part.name}\`: ${part.description}`);
  return [`\`${name}\` (${value}): ${description}${choices}`, ...keys].join('<br>');
}

function pluginsPage(): string {
  const row = (plugin: Plugin<unknown, never>) => {
    const { properties = {} } = z.toJSONSchema(plugin.schema, { io: 'input' });
    const names = Object.keys(properties).filter((name) => name !== 'kind');
    return [`\`${plugin.kind}\``, plugin.summary, names.map((n) => `\`${n}\``).join(', ')];
  };
  const families: [string, readonly Plugin<unknown, never>[], string][] = [
    ['Arrivals', arrivals, 'Files in `scenarios/arrivals/`.'],
    ['Rates over time', rates, 'Files in `scenarios/rates/`; any `rate` above may be one.'],
    ['Lengths', lengths, 'Files in `scenarios/lengths/`; bounds clamp.'],
    [
      'Jobs',
      jobs,
      'Files in `scenarios/jobs/`: requests that belong together, in place of lengths.',
    ],
  ];
  const sections = families.map(([title, plugins, about]) => {
    const rows = [['kind', 'what it is', 'options'], ...plugins.map(row)];
    return `## ${title}\n\n${about}\n\n${table(rows)}`;
  });
  const title = '# Arrivals, rates, lengths and jobs';
  const about = '[traffic.md](traffic.md) has examples; the editor schema describes every option.';
  return [generated, title, '', about, '', sections.join('\n')].join('\n');
}

function tracesPage(): string {
  const first = page(
    'Traces',
    'Each format is one file in `scenarios/traces/formats/`, and is known by the beginning of a file; .gz and .tar.gz are unpacked. Time is counted from the first row, rows without an answer are counted and left out, and the summary of a reading says what was assumed.',
    [
      ['format', 'what it is', 'options'],
      ...formats.map((format) => [
        `\`${format.kind}\``,
        format.summary,
        optionLines(format.schema).join('<br>') || '–',
      ]),
    ],
  );
  const play = optionLines(playSchema).map((line) => `- ${line}`);
  const guide = tracesGuide(optionLines(traceSchema));
  return `${first}\n## Options of every trace\n\n${play.join('\n')}\n${guide}`;
}

/** The options of a schema, but for its `kind`: name, default and description. */
function optionLines(schema: z.ZodType): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).flatMap(([name, property]) => {
    if (name === 'kind' || typeof property === 'boolean') return [];
    const { default: usual, description = '' } = property;
    const hasUsual = usual !== undefined && typeof usual !== 'object';
    return [`\`${name}\`${hasUsual ? ` (${usual})` : ''}: ${description}`];
  });
}

function metricsPage(): string {
  const figures = Object.entries(metrics).map(([name, { label, unit, better, about }]) => [
    `\`${name}\``,
    label,
    unit,
    better,
    about,
  ]);
  const columns = Object.entries(recordColumns).map(([name, { kind, about }]) => [
    `\`${name}\``,
    kind,
    about,
  ]);
  const first = page('Metrics', 'What a run is judged by, and what every request leaves behind.', [
    ['name', 'label', 'unit', 'better', 'definition'],
    ...figures,
  ]);
  return `${first}\n## Columns of a request record\n\nTimes are microseconds from the start of the run.\n\n${table([['column', 'kind', 'meaning'], ...columns])}`;
}

function errorsPage(): string {
  const errors = Object.entries(errorTable).map(([code, about]) => [`\`${code}\``, about]);
  const exits = Object.entries(exitCode).map(([name, code]) => [String(code), exitMeaning[name]!]);
  const first = page('Errors', 'Mistakes of the user have a code that never changes.', [
    ['code', 'meaning'],
    ...errors,
  ]);
  const answers = Object.entries(proxyErrors).map(([code, { message, status, type }]) => [
    String(status),
    `\`${code}\``,
    `\`${type}\``,
    message,
  ]);
  const answersHead = ['status', 'code', 'type', 'message'];
  return `${first}
## Exit codes

${table([['code', 'meaning'], ...exits])}
## Answers of the proxy

What [the proxy](proxy.md) itself answers, in the shape of OpenAI's API. Codes never change; messages may
say more. In the middle of a stream the status is past, and the same comes as the last event.

${table([answersHead, ...answers])}`;
}

function hardwarePage(): string {
  const unverified = gpus.flatMap(({ name, unverified: what }) =>
    what === undefined ? [] : [`${name} (${what})`],
  );
  const [first, modelsPart, pricesPart] = [
    page(
      'Hardware and models',
      `GPUs are files in \`sim/catalog/gpus/\`: dense rates, memory as CUDA or HIP reports it, links per direction. USD/h is the middle of the first tier that quotes the card (specialised, hyperscaler, long-tail, median), with a question mark where it is unverified. Not checked against a document: ${unverified.join(', ')}.`,
      gpuRows(),
    ),
    `## Models\n\nFiles in \`sim/catalog/models/\`; any other model comes with \`--hf-config\`. KV bytes are of the whole model in 16 bits.\n\n${table(modelRows())}`,
    `## Prices\n\nData with a date, in \`sim/catalog/price-list.ts\`. Those not verified are list prices from memory, good for a default.\n\n${table(priceRows())}`,
  ];
  return [first, modelsPart, pricesPart].join('\n');
}

const exitMeaning: Readonly<Record<string, string>> = {
  ok: 'The question was answered.',
  no: 'The answer is no: a threshold was not kept.',
  inconclusive: 'The runs do not decide the question.',
  invalidRun: 'The run says nothing, for example because no strategy kept up.',
  usage: 'The command line or an input is wrong; the message says where.',
  internal: 'A fault of Fairlead.',
  interrupted: 'Stopped by Ctrl-C before there was a result.',
};
