import { Command } from '@commander-js/extra-typings';
import { formatNumber } from '../../reports/format.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { kvBytesPerToken, type Model } from '../../sim/catalog/model.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { countParameters } from '../../sim/catalog/parameters.ts';
import { weightBytes } from '../../sim/catalog/weight-bytes.ts';
import { billions, modelRows } from '../hardware-tables.ts';
import { printJson } from '../print-json.ts';
import { textTable } from '../print-table.ts';
import { textStyle } from '../text-style.ts';

const list = new Command('list')
  .description('Shows every model with its size.')
  .option('--json', 'print one JSON document and nothing else')
  .action(({ json }) => {
    if (json) return printJson(models.map(asJson));
    process.stdout.write(`${textTable(modelRows(), textStyle(process.stdout))}\n`);
  });

const show = new Command('show')
  .description('Shows one model: its shape, its weights and its KV cache.')
  .argument('<model>')
  .option('--json', 'print one JSON document and nothing else')
  .action((name, { json }) => {
    const model = findModel(name);
    if (json) return printJson(asJson(model));
    process.stdout.write(`${describe(model, textStyle(process.stdout).bold).join('\n')}\n`);
  });

export const modelCommand = new Command('model')
  .summary('the catalogue of models')
  .description('The catalogue of models; any other comes with --hf-config.')
  .addCommand(list)
  .addCommand(show);

function asJson(model: Model) {
  return {
    ...model,
    activeParameters: countParameters(model).active,
    weightBytes: weightBytes(model),
    kvBytesPerToken: kvBytesPerToken(model, 1),
  };
}

function describe(model: Model, bold: (text: string) => string): string[] {
  const { moe, mla, slidingWindow, vocabSize } = model;
  const gigabytes = (['bf16', 'fp8', 'int4'] as const).map(
    (format) => `${formatNumber(weightBytes(model, format) / 1e9)} GB in ${format}`,
  );
  const sizes =
    model.weightFormat === 'bf16'
      ? gigabytes.join(', ')
      : `${formatNumber(weightBytes(model) / 1e9)} GB in ${model.weightFormat}`;
  const lines = [
    bold(model.name),
    `  ${billions(model.parameters)} parameters${moe === undefined ? '' : `, ${billions(countParameters(model).active)} for each token`}: ${sizes}`,
    `  ${model.layers} layers of ${model.hiddenSize}, ${model.heads} heads of ${model.headDim}, ${model.kvHeads} for keys and values, vocabulary ${vocabSize}`,
    `  ${formatNumber(kvBytesPerToken(model, 1))} bytes of KV cache a token, context ${formatNumber(model.maxPositionEmbeddings)}`,
  ];
  if (moe !== undefined) {
    const shared = moe.sharedExperts === 0 ? '' : `, and ${moe.sharedExperts} shared by all`;
    const { experts, intermediateSize, topK } = moe;
    lines.push(`  ${experts} experts of ${intermediateSize}, ${topK} for each token${shared}`);
  }
  if (mla !== undefined) lines.push('  Latent attention: one vector is cached for all heads');
  if (slidingWindow !== undefined) {
    const { layers, tokens } = slidingWindow;
    lines.push(`  ${layers} layers keep only the last ${formatNumber(tokens)} tokens`);
  }
  return [...lines, `  Source: ${model.source}`];
}
