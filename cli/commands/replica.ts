import { Command } from '@commander-js/extra-typings';
import { FairleadError } from '../../core/errors.ts';
import type { LagWindow } from '../../emulator/metrics/lag-meter.ts';
import { startProcesses } from '../../emulator/start-processes.ts';
import { startReplicas } from '../../emulator/start-replicas.ts';
import { emulatedFleet } from '../emulated-fleet.ts';
import { numberFrom, severalTexts, wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { tuneHeap } from '../tune-heap.ts';

const mostPort = 65_535;

export const replicaCommand = new Command('replica')
  .summary('serve emulated vLLM replicas, without a GPU')
  .description(
    'Serves what vLLM serves, over HTTP and without a GPU: the answers are made up, and come when the simulated engine has them.',
  )
  .option('--gpu <name>', 'the accelerator (default: A100-80GB-SXM)')
  .option('--model <name>', 'the model (default: Llama-3.1-8B)')
  .option('--hf-config <path>', 'config.json of a model that is not in the catalogue')
  .option(
    '--engine <key=value>',
    "an option of the engine in vLLM's words, as in a scenario",
    severalTexts,
  )
  .option('--scenario <scenario>', 'serve the fleet of a scenario instead')
  .option('--group <name>', 'of that fleet, one group')
  .option(
    '--count <n>',
    'how many replicas (default: 1, or as in the scenario)',
    wholeNumber({ min: 1, max: 1_000 }),
  )
  .option(
    '--port <n>',
    'port of the first, the others follow; 0 for any',
    wholeNumber({ min: 0, max: mostPort }),
    8_000,
  )
  .option('--host <address>', 'where to listen', '127.0.0.1')
  .option('--served-model-name <name>', 'what clients call the model')
  .option(
    '--time-scale <n>',
    'seconds of the engine in a second of the clock',
    numberFrom({ min: 0.001, max: 1_000 }),
    1,
  )
  .option('--api-key <key>', 'what clients have to send, as of vLLM')
  .option(
    '--max-num-queued-reqs <n>',
    'answer 503 beyond so many requests',
    wholeNumber({ min: 1, max: 1e9 }),
  )
  .option(
    '--max-num-queued-tokens <n>',
    'answer 503 beyond so many prompt tokens to prefill',
    wholeNumber({ min: 1, max: 1e12 }),
  )
  .option('--enable-prompt-tokens-details', 'tell in usage how much of a prompt was cached')
  .option(
    '--processes <n>',
    'spread the replicas over so many processes',
    wholeNumber({ min: 1, max: 256 }),
    1,
  )
  .option('--json', 'print one JSON document with the addresses and nothing else')
  .addHelpText(
    'after',
    `
Ctrl-C and SIGTERM end it, with all requests in it.

Examples:
  fairlead replica
  fairlead replica --gpu H100-SXM --engine maxNumSeqs=64 --engine enablePrefixCaching=false
  fairlead replica --scenario mixed-fleet --port 9000 --time-scale 10
  curl -s localhost:8000/v1/completions -d '{"prompt": "Once upon a time", "stream": true}'`,
  )
  .action(async ({ json, processes, ...options }) => {
    tuneHeap();
    const fleet = await emulatedFleet(options);
    const { apiKey, host, port, servedModelName, timeScale } = options;
    refusePortsBeyond(port, fleet.replicas.length);
    const { enablePromptTokensDetails = false } = options;
    const caps = {
      ...(options.maxNumQueuedReqs && { maxNumQueuedReqs: options.maxNumQueuedReqs }),
      ...(options.maxNumQueuedTokens && { maxNumQueuedTokens: options.maxNumQueuedTokens }),
    };
    const served = { servedModelName, timeScale, apiKey, caps, enablePromptTokensDetails };
    const wanted = { ...fleet, ...served, host, port, onLate };
    // Whoever reads the addresses may end it at once.
    const asked = endAsked();
    const { ends, onExit } = endOfOne();
    const running =
      processes === 1
        ? await startReplicas(wanted)
        : await startProcesses({ ...wanted, onExit }, processes);
    const started = running.urls.map((url, index) => ({ name: fleet.replicas[index]!.name, url }));
    const model = servedModelName ?? fleet.model.name;
    if (json) printJson({ model, timeScale, replicas: started });
    else say(started.map(({ name, url }) => `${name}: ${url}`).join('\n'));
    const error = await Promise.race([asked, ends]);
    await running.stop();
    if (error !== undefined) throw error;
  });

function refusePortsBeyond(port: number, count: number): void {
  const last = port + count - 1;
  if (port === 0 || last <= mostPort) return;
  const message = `${count} replicas from port ${port} on would end at ${last}, and the last port is ${mostPort}. Write --port ${mostPort - count + 1} or less.`;
  throw new FairleadError('USAGE', message);
}

/** At most once in a while: windows are told of when they are over. */
function onLate({ p50Ms, p99Ms }: LagWindow): void {
  say(
    `tokens are late by ${p50Ms.toFixed(1)} ms p50 and ${p99Ms.toFixed(1)} ms p99: this machine is too slow for these replicas. Start fewer, or write "--processes 2" or a smaller --time-scale.`,
  );
}

function endAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

/** Part of a fleet is not what was asked for. */
function endOfOne(): { ends: Promise<FairleadError>; onExit: (error: FairleadError) => void } {
  let onExit = (_: FairleadError) => {};
  const ends = new Promise<FairleadError>((resolve) => {
    onExit = resolve;
  });
  return { ends, onExit };
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
