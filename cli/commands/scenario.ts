import { Command } from '@commander-js/extra-typings';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { previewTraffic } from '../../experiments/preview/preview-traffic.ts';
import { libraryNames, tracedNames } from '../../scenarios/library.ts';
import { fleetFacts, modelFacts } from '../../sim/fleet-facts.ts';
import { terminalCanvas } from '../canvas.ts';
import { loadScenario } from '../load-scenario.ts';
import { wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { printList } from '../print-list.ts';
import { writeFile } from '../run-folder.ts';
import { scenarioText } from '../scenario-text.ts';
import { trafficPage } from '../traffic-page.ts';
import { importCommand } from './scenario-import.ts';

const list = new Command('list')
  .description('Shows the scenarios that come with Fairlead.')
  .option('--json', 'print one JSON document and nothing else')
  .action(async (options) => {
    const load = (name: string) => loadScenario(name, { withTraces: false });
    const names = [...libraryNames(), ...tracedNames()];
    printList(await Promise.all(names.map(load)), options);
  });

const show = new Command('show')
  .summary('show what a scenario asks for, and draw its traffic')
  .description(
    'Shows what a scenario asks for, every default filled in, and draws its traffic: arrivals over time, lengths, shared prefixes, sessions.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option('--seed <n>', 'the seed of the traffic', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option('--html <file>', 'write the same as a page with charts')
  .option('--json', 'print one JSON document and nothing else')
  .action(async (name, { html, json, seed, ...options }) => {
    const scenario = resolveLoad(await loadScenario(name, options));
    const preview = previewTraffic(scenario, { seed });
    if (html !== undefined) writeFile(html, await trafficPage(scenario, preview));
    if (json) {
      const [model, fleet] = [modelFacts(scenario), fleetFacts(scenario)];
      return printJson({ scenario, model, fleet, traffic: preview });
    }
    const lines = scenarioText(scenario, preview, terminalCanvas(process.stdout));
    if (html !== undefined) lines.push('', `  Page: ${html}`);
    process.stdout.write(`${lines.join('\n')}\n`);
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
