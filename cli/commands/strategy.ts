import { Command } from '@commander-js/extra-typings';
import { findStrategy } from '../../experiments/run-task.ts';
import { strategies } from '../../strategies/registry.ts';
import { printJson } from '../print-json.ts';
import { printList } from '../print-list.ts';
import { describeStrategyOptions } from '../strategy-options.ts';
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
    const options = describeStrategyOptions(strategy);
    if (json) return printJson({ name, summary: strategy.summary, options });
    const { bold } = textStyle(process.stdout);
    process.stdout.write(`${bold(name)}\n  ${strategy.summary}\n`);
    for (const option of options) {
      process.stdout.write(
        `\n  ${bold(option.name)} = ${option.default}\n    ${option.description}\n`,
      );
    }
    if (options.length === 0) process.stdout.write('\n  It has no options.\n');
  });

export const strategyCommand = new Command('strategy')
  .summary('the catalogue of strategies and their options')
  .description('The catalogue of strategies and their options.')
  .addCommand(list)
  .addCommand(show);
