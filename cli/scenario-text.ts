import { formatNumber, measuredText } from '../reports/format.ts';
import { stepTimeText } from '../reports/step-time-text.ts';
import type { TextStyle } from '../reports/terminal-table.ts';
import { arrivalsText } from '../reports/traffic/arrivals-text.ts';
import type { Canvas } from '../reports/traffic/canvas.ts';
import { lengthsText, sharingLines } from '../reports/traffic/lengths-text.ts';
import type { TrafficPreview } from '../reports/traffic/preview.ts';
import { entryLines, previewNotes } from '../reports/traffic/preview-notes.ts';
import { tenantRows } from '../reports/traffic/tenants-text.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { fleetFacts } from '../sim/fleet-facts.ts';
import { hardwareText, memoryText, modelText } from './fleet-text.ts';
import { flowYaml } from './flow-yaml.ts';
import { textTable } from './print-table.ts';

/** A scenario as a person wants to see it: what runs, what comes, what is measured. */
export function scenarioText(
  scenario: Scenario,
  preview: TrafficPreview,
  canvas: Canvas,
): string[] {
  const { bold } = canvas.style;
  return [
    bold(scenario.name),
    `  ${scenario.summary}`,
    '',
    bold(`Fleet: ${modelText(scenario)}`),
    ...fleetText(scenario),
    '',
    ...trafficText(preview, canvas),
    '',
    ...gatewayText(scenario, bold),
    bold('Measured'),
    `  ${measuredText(scenario.durationUs, scenario.warmupUs)}`,
    `  SLO: ${scenario.slo.map(({ text }) => text).join(', ') || 'none'}`,
    `  Strategies: ${scenario.strategies.map(strategyText).join(', ')}`,
  ];
}

function fleetText(scenario: Scenario): string[] {
  return fleetFacts(scenario).flatMap((group) => [
    `  ${group.name}: ${hardwareText(group)}, KV cache ${formatNumber(group.kvTokens)} tokens each, max_num_seqs ${group.maxNumSeqs}, max_num_batched_tokens ${group.maxNumBatchedTokens}, max_model_len ${group.maxModelLen}`,
    `    ${memoryText(group)}; step times: ${stepTimeText(group.stepTime)}`,
    ...group.notes.map((note) => `    ${note}`),
  ]);
}

function gatewayText({ events, gateway }: Scenario, bold: (text: string) => string): string[] {
  const parts = Object.entries(gateway).filter(([, part]) => part !== undefined);
  const named = parts.map(([name, part]) => `  ${name}: ${flowYaml(part)}`);
  const happens = events.map((event) => `  ${flowYaml(event)}`);
  return [
    ...[bold('Gateway'), ...named, ''],
    ...(events.length === 0 ? [] : [bold('Events'), ...happens, '']),
  ];
}

function strategyText({ name, options }: StrategyChoice): string {
  return Object.keys(options).length === 0 ? name : flowYaml({ name, ...options });
}

function trafficText(preview: TrafficPreview, canvas: Canvas): string[] {
  const { bold, grey } = canvas.style;
  return [
    bold(`Traffic: ${formatNumber(preview.all.meanRps)} requests/s on average`),
    ...entryLines(preview).map((line) => `  ${line}`),
    '',
    ...arrivalsText(preview, canvas),
    '',
    ...lengthsText(preview.all, canvas),
    '',
    ...sharingLines(preview.all).map((line) => `  ${line}`),
    ...tenantsText(preview, canvas.style),
    ...previewNotes(preview).map((note) => grey(`  ${note}`)),
  ];
}

function tenantsText(preview: TrafficPreview, style: TextStyle): string[] {
  const [head, ...rows] = tenantRows(preview);
  if (head === undefined) return [];
  const others = preview.tenantCount - rows.length;
  const lines = textTable([head, ...rows], style).split('\n');
  return [
    '',
    ...lines.map((line) => `  ${line}`),
    ...(others > 0 ? [`  and ${others} tenants more`] : []),
    '',
  ];
}
