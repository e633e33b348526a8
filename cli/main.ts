import { Command, CommanderError } from '@commander-js/extra-typings';
import { suggestion } from '../core/closest.ts';
import { exitCode, FairleadError } from '../core/errors.ts';
import { benchCommand } from './commands/bench.ts';
import { compareCommand } from './commands/compare.ts';
import { exportCommand } from './commands/export.ts';
import { hardwareCommand } from './commands/hardware.ts';
import { labCommand } from './commands/lab.ts';
import { loadCommand } from './commands/load.ts';
import { modelCommand } from './commands/model.ts';
import { proxyCommand } from './commands/proxy.ts';
import { replayDecisionsCommand } from './commands/replay-decisions.ts';
import { replicaCommand } from './commands/replica.ts';
import { reportCommand } from './commands/report.ts';
import { scenarioCommand } from './commands/scenario.ts';
import { simulateCommand } from './commands/simulate.ts';
import { strategyCommand } from './commands/strategy.ts';
import { version } from './package.ts';

const introduction = `Fairlead finds the load-balancing strategy for several vLLM replicas before you deploy them.
It simulates your fleet and your traffic, and says which strategy keeps the tail latency down.
Try first: fairlead compare azure-chat     (all commands: fairlead --help)
`;

const program = new Command('fairlead')
  .description('Pick the load-balancing strategy for your vLLM fleet before you deploy it.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .allowExcessArguments()
  .action((_options, command) => {
    const [unknown] = command.args;
    if (unknown === undefined) {
      process.stdout.write(introduction);
      return;
    }
    const names = command.commands.map((known) => known.name());
    const message = `there is no command "${unknown}". ${suggestion(unknown, names)} "fairlead --help" shows them all.`;
    throw new FairleadError('USAGE', message);
  })
  .addCommand(compareCommand)
  .addCommand(simulateCommand)
  .addCommand(loadCommand)
  .addCommand(benchCommand)
  .addCommand(proxyCommand)
  .addCommand(replayDecisionsCommand)
  .addCommand(exportCommand)
  .addCommand(replicaCommand)
  .addCommand(labCommand)
  .addCommand(scenarioCommand)
  .addCommand(strategyCommand)
  .addCommand(hardwareCommand)
  .addCommand(modelCommand)
  .addCommand(reportCommand);

for (const command of allCommands(program)) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(text) });
}

// The reader of a pipe may leave early, as `head` does; that is no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function allCommands(command: { commands: readonly unknown[] }): Command[] {
  const own = command as unknown as Command;
  return [own, ...(command.commands as readonly Command[]).flatMap(allCommands)];
}

/** A mistake of the user is a message; a mistake of ours is a stack trace to report. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
  if (error instanceof FairleadError) {
    process.stderr.write(`${error.message} [${error.code}]\n`);
    return exitCode.usage;
  }
  const { stack, message } = error as Error;
  process.stderr.write(`This is a fault of Fairlead, please report it: ${stack ?? message}\n`);
  return exitCode.internal;
}
