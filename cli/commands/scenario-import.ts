import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { FairleadError } from '../../core/errors.ts';
import { formatDurationUs } from '../../core/time.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { formats } from '../../scenarios/traces/formats/registry.ts';
import { TraceColumns } from '../../scenarios/traces/trace-columns.ts';
import type { TraceSummary } from '../../scenarios/traces/trace-decoder.ts';
import { TraceFacts } from '../../scenarios/traces/trace-facts.ts';
import { fleetProblem } from '../../sim/fleet-facts.ts';
import { fitComments, fitTable, fittedTraffic } from '../fitted-traffic.ts';
import { advisingArguments, formatOption, playOf } from '../import-reading.ts';
import { refuseArguments } from '../imported-arguments.ts';
import { importedScenario } from '../imported-scenario.ts';
import { numberFrom, wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { readRows } from '../read-trace.ts';
import { writeFile } from '../run-folder.ts';
import { textStyle } from '../text-style.ts';
import { traceLines } from '../trace-text.ts';
import { vocabulary } from '../vocabulary.ts';

export const importCommand = new Command('import')
  .summary('make a scenario of a trace')
  .description('Writes a scenario that plays a trace, and says what was found in it.')
  .argument('<trace>', 'path of a trace file, packed by gzip or not, or of a folder of ServeGen')
  .option('--format <name>', 'azure, burstgpt, mooncake, …; default: known by the file')
  .option('-o, --out <file>', 'where the scenario goes (default: <trace>.yaml)')
  .option('--force', 'overwrite it')
  .option('--name <name>', 'of the scenario; default: after the file')
  .option('--model <name>', 'that the replicas serve', 'Llama-3.1-8B')
  .option('--gpu <name>', 'of the replicas', 'A100-80GB-SXM')
  .option('--replicas <n>', 'how many', wholeNumber({ min: 1, max: 10_000 }), 4)
  .option('--fit', 'imitate the trace instead: a scenario that needs no file')
  .option('--skip-bad <n>', 'bad rows to leave out', wholeNumber({ min: 0, max: 1e9 }), 0)
  .option('--rate-scale <x>', 'times the traffic', numberFrom({ min: 1e-6, max: 1e6 }), 1)
  .option('--from <seconds>', 'leave out rows before', numberFrom({ min: 0, max: 1e9 }), 0)
  .option('--until <seconds>', 'leave out rows from here on', numberFrom({ min: 0, max: 1e9 }))
  .option('--sort', 'put the rows in order of time first')
  .option('--dequantize-ms <ms>', 'width of its ticks', numberFrom({ min: 0, max: 86_400_000 }))
  .option('--sample-sessions <share>', 'of them to keep', numberFrom({ min: 1e-6, max: 1 }), 1)
  .option('--option <key=value>', 'of the format, such as unit=s; repeatable', formatOption)
  .option('--source <text>', 'where others get the trace')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText(
    'after',
    `
Formats: ${formats.map(({ kind }) => kind).join(', ')}.

Examples:
  fairlead scenario import AzureLLMInferenceTrace_conv.csv.gz --format azure --rate-scale 4
  fairlead scenario import conversation_trace.jsonl --gpu H200-SXM --replicas 8 -o chat.yaml
  fairlead scenario import access-log.jsonl --fit -o our-chat.yaml`,
  )
  .action(async (path, options) => {
    const name = options.name ?? nameAfter(path);
    const out = options.out ?? `${name}.yaml`;
    refuseToOverwrite(out, options.force ?? false);
    refuseArguments({ ...options, name });
    const play = playOf(options);
    const { format, option: formatOptions = {} } = options;
    const facts = new TraceFacts({ lru: options.json === true });
    // Only a fit looks at rows again, and a long trace is several times its file in memory.
    const columns = new TraceColumns();
    const summary = await advisingArguments(
      readRows(path, { name: path, format, options: formatOptions, play }, (row) => {
        facts.add(row);
        if (options.fit) columns.append(row);
      }),
    );
    refuseScale(summary, options.rateScale);
    const found = { ...summary, name: basename(path) };
    const lines = traceLines(found, facts.result());
    const { fit = false, gpu, model, replicas, source } = options;
    const rate = 4 * replicas;
    const fitted = fit
      ? fittedTraffic(columns, { name: basename(path), timed: summary.timed, rate })
      : undefined;
    const trace = {
      file: pathFrom(out, path),
      source,
      format: summary.format,
      options: given(formatOptions),
      play: given(play),
    };
    const arrivals = summary.timed ? undefined : { kind: 'poisson', rate };
    const text = importedScenario({
      name,
      summary: `${fit ? 'After the' : 'The'} trace ${basename(path)} on ${replicas} × ${gpu}.`,
      comments: [
        ...lines,
        ...(fitted !== undefined && source !== undefined ? [`The trace: ${source}`] : []),
        ...(fitted === undefined ? [] : fitComments(fitted)),
      ],
      model,
      gpu,
      replicas,
      traffic: fitted?.entry ?? { tenant: 'trace', trace, arrivals },
      warmup: fitted && formatDurationUs(fitted.warmupUs),
    });
    parseScenario({ file: out, text }, vocabulary, fleetProblem);
    writeFile(out, text);
    const result = { scenario: out, summary: found, facts: facts.result() };
    if (options.json) return printJson(fitted ? { ...result, fit: fitted.figures } : result);
    const advice = summary.timed ? '' : '  Set the rate of its arrivals: the trace has no times.\n';
    const table = fitted ? `${fitTable(fitted, textStyle(process.stdout))}\n\n` : '';
    process.stdout.write(
      `${lines.join('\n  ')}\n\n${table}  Wrote ${out}\n${advice}  Next: fairlead compare ${out}\n`,
    );
  });

function refuseScale({ name, timed }: TraceSummary, rateScale: number): void {
  if (timed || rateScale === 1) return;
  const message = `${name}: the trace has no times that --rate-scale could divide. Leave it out, and set the rate of the arrivals in the scenario.`;
  throw new FairleadError('TRACE_OPTIONS', message);
}

function given<Block extends object>(block: Block): Block | undefined {
  return Object.keys(block).length === 0 ? undefined : block;
}

function refuseToOverwrite(out: string, force: boolean): void {
  if (force || !existsSync(out)) return;
  const message = `${out} is there already. Write --force to overwrite it, or another place with --out.`;
  throw new FairleadError('OUTPUT_NOT_WRITABLE', message);
}

/** As scenarios are called: "azurellminferencetrace-conv". */
function nameAfter(path: string): string {
  const [stem] = basename(path).toLowerCase().split('.', 1);
  const name = stem!.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return name.slice(0, 60).replace(/-$/, '') || 'trace';
}

function pathFrom(scenario: string, trace: string): string {
  if (isAbsolute(trace)) return trace;
  return join(relative(dirname(scenario), dirname(trace)), basename(trace)).replaceAll('\\', '/');
}
