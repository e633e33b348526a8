import { Command } from '@commander-js/extra-typings';
import { findStrategy } from '../../experiments/run-task.ts';
import { strategies } from '../../strategies/registry.ts';
import { printJson } from '../print-json.ts';
import { printList } from '../print-list.ts';
import { describeStrategyOptions, needTexts, type StrategyOption } from '../strategy-options.ts';
import { textStyle } from '../text-style.ts';

const list = new Command('list')
  .description('Shows every strategy with what it does.')
  .option('--json', 'print one JSON document and nothing else')
  .action((options) => printList(strategies, options));

const show = new Command('show')
  .description('Shows one strategy with its options.')
  .argument('<name>')
  .option('--json', 'print one JSON document and nothing else')
  .action((name, { json }) => {
    const strategy = findStrategy(name);
    const { family, needs, summary } = strategy;
    const options = describeStrategyOptions(strategy);
    if (json) return printJson({ name, family, summary, needs, options });
    const { bold } = textStyle(process.stdout);
    const lines = [bold(name), `  ${summary}`];
    if (needs.length > 0) lines.push(`  It is told: ${needs.map((n) => needTexts[n]).join(', ')}.`);
    for (const { default: value, description, name: key, parts, values } of options) {
      lines.push('', `  ${bold(key)} = ${value}`, `    ${description}`);
      if (values !== '') lines.push(`    Values: ${values}.`);
      for (const part of parts) lines.push(`      ${part.name.padEnd(12)}${part.description}`);
    }
    lines.push('', ...(options.length === 0 ? ['  It has no options.'] : howToGive(name, options)));
    process.stdout.write(`${lines.join('\n')}\n`);
  });

function howToGive(name: string, [first]: readonly StrategyOption[]): string[] {
  const { example, name: key } = first!;
  const value = example.replace(/"([\w-]+)"/g, '$1').replace(/[:,]/g, '$& ');
  const argument = `${name}:${key}=${value}`;
  return [
    `  On the command line: -s ${/[^\w:=.-]/.test(argument) ? `'${argument}'` : argument}`,
    `  In a scenario:       strategies: [{ name: ${name}, ${key}: ${value} }]`,
  ];
}

export const strategyCommand = new Command('strategy')
  .summary('the catalogue of strategies and their options')
  .description('The catalogue of strategies and their options.')
  .addCommand(list)
  .addCommand(show);
