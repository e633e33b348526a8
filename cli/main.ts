import { Command, CommanderError } from '@commander-js/extra-typings';
import { suggestion } from '../core/closest.ts';
import { exitCode, FairleadError } from '../core/errors.ts';
import { version } from './package.ts';

/** A command is read when it is called: all of them together take longer than many an answer. */
const commands = {
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand,
  gate: async () => (await import('./commands/gate.ts')).gateCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  proxy: async () => (await import('./commands/proxy.ts')).proxyCommand,
  'replay-decisions': async () =>
    (await import('./commands/replay-decisions.ts')).replayDecisionsCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  replica: async () => (await import('./commands/replica.ts')).replicaCommand,
  lab: async () => (await import('./commands/lab.ts')).labCommand,
  scenario: async () => (await import('./commands/scenario.ts')).scenarioCommand,
  strategy: async () => (await import('./commands/strategy.ts')).strategyCommand,
  hardware: async () => (await import('./commands/hardware.ts')).hardwareCommand,
  model: async () => (await import('./commands/model.ts')).modelCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
};

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
    const names = Object.keys(commands);
    const message = `there is no command "${unknown}". ${suggestion(unknown, names)} "fairlead --help" shows them all.`;
    throw new FairleadError('USAGE', message);
  });
for (const command of await calledCommands()) program.addCommand(command as Command);

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

/** The one that is called; all of them for the help, and whenever it is not plain which. */
async function calledCommands(): Promise<readonly unknown[]> {
  if (process.argv[2] === '--version' || process.argv[2] === '-V') return [];
  const called = Object.entries(commands).filter(([name]) => name === process.argv[2]);
  const wanted = called.length > 0 ? called : Object.entries(commands);
  return await Promise.all(wanted.map(([, read]) => read()));
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
