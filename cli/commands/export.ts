import { Command, Option } from '@commander-js/extra-typings';
import { type Balancer, policyOf, usualSetting } from '../../deploy/balancer.ts';
import { balancers } from '../../deploy/registry.ts';
import { strategyText } from '../equivalent-text.ts';
import {
  exportedReplicas,
  listenAt,
  type ReplicaAddress,
  replicaAddresses,
} from '../exported-fleet.ts';
import { wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { textTable } from '../print-table.ts';
import { writeFile } from '../run-folder.ts';
import { textStyle } from '../text-style.ts';

const list = new Command('list')
  .description('Shows every balancer and policy, and the strategy of ours that picks as it does.')
  .option('--json', 'print one JSON document and nothing else')
  .action(({ json }) => {
    if (json) {
      const plain = ({ equivalent, name, summary }: Balancer['policies'][number]) => ({
        name,
        summary,
        equivalent: equivalent ?? null,
      });
      return printJson(
        balancers.map(({ name, policies, summary }) => ({
          name,
          summary,
          policies: policies.map(plain),
        })),
      );
    }
    const rows = balancers.flatMap(({ name, policies }) =>
      policies.map((policy) => [name, policy.name, strategyText(policy), policy.summary]),
    );
    const head = ['balancer', 'policy', 'strategy of ours', ''];
    process.stdout.write(`${textTable([head, ...rows], textStyle(process.stdout))}\n`);
  });

export const exportCommand = new Command('export')
  .summary('write the configuration of another balancer for your replicas')
  .description(
    'Writes the configuration of nginx, HAProxy or Caddy in front of vLLM replicas, with what streams of tokens need.',
  )
  .addCommand(list);

for (const balancer of balancers) exportCommand.addCommand(targetCommand(balancer));

function targetCommand(balancer: Balancer) {
  const { file, name, policies, program } = balancer;
  const names = policies.map((policy) => policy.name);
  return new Command(name)
    .summary(balancer.summary)
    .description(`Writes a whole ${file} for ${name}; without -o to standard output.`)
    .argument(
      '[fleet]',
      'configuration of the proxy, whose replicas it takes; or a scenario, for which --replicas says where they are',
    )
    .option(
      '--replicas <addresses>',
      'http://host:port,… or http://host:port=weight,…',
      replicaAddresses,
    )
    .addOption(new Option('--policy <name>', 'how it chooses').choices(names).default(names[0]!))
    .addOption(
      new Option('--listen <host:port>', 'where clients come')
        .argParser(listenAt)
        .default(listenAt('0.0.0.0:8080'), '0.0.0.0:8080'),
    )
    .option(
      '--session-header <name>',
      'of policies that hash it (default: that of the proxy, or x-session-id)',
    )
    .option('--threads <count>', 'default: one per core', wholeNumber({ min: 1, max: 256 }))
    .option('-o, --out <file>', 'where to write it')
    .option('--json', 'print one JSON document and nothing else')
    .addHelpText('after', helpOf(balancer))
    .action(async (fleet, options) => {
      const { json, listen, out, policy, threads } = options;
      const { replicas, sessionHeader } = await exportedReplicas(
        fleet,
        options.replicas as readonly ReplicaAddress[] | undefined,
      );
      const text = balancer.write({
        ...usualSetting,
        listen,
        replicas,
        policy,
        threads,
        sessionHeader: options.sessionHeader ?? sessionHeader ?? usualSetting.sessionHeader,
      });
      const chosen = policyOf(balancer, policy);
      if (out !== undefined) writeFile(out, text);
      if (json) {
        printJson({ balancer: name, policy, equivalent: chosen.equivalent ?? null, file, text });
      } else if (out === undefined) process.stdout.write(text);
      if (out === undefined) return;
      const check = [program.name, ...program.checkArguments(out)].join(' ');
      process.stderr.write(`Wrote ${out}. Check it: ${check}
`);
    });
}

function helpOf({ name, policies }: Balancer): string {
  const width = Math.max(...policies.map((policy) => policy.name.length));
  const lines = policies.map((policy) => `  ${policy.name.padEnd(width)}  ${policy.summary}`);
  return `
Policies:
${lines.join('\n')}

Examples:
  fairlead export ${name} fairlead.yaml
  fairlead export ${name} --replicas http://10.0.0.1:8000,http://10.0.0.2:8000 --policy ${policies[1]!.name}`;
}
