import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testWith } from '../support/programs.ts';
import { repository, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyScenarioIn } from '../support/tiny-scenario.ts';

// What a runner of GitHub would do with action.yml: its steps one after the other, under its shell,
// with its files and variables. Only the actions of others are left out.

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const action = parse(readFileSync(join(repository, 'action.yml'), 'utf8'));
const steps = (action.runs.steps as Step[]).filter(({ run }) => run !== undefined);

interface Played {
  readonly cwd: string;
  readonly inputs: Readonly<Record<string, string>>;
}

interface Job {
  readonly failed: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Step by step, what a runner shows and takes its commands from. */
  readonly said: Readonly<Record<string, string>>;
  /** What gh was called with, call by call. */
  readonly calls: string[];
}

/** `gh` that keeps the last comment, and finds it by what the jq program asks of its beginning. */
const gh = `#!/bin/sh
echo "$@" >> "$GH_CALLS"
comment="$GH_CALLS.comment"
case "$*" in
  *--paginate*)
    program="[{ id: 4711, body: . }] | \${*##*--jq }"
    if [ -f "$comment" ]; then jq -r --slurp --raw-input "$program" "$comment"; fi ;;
  *body=@*) file="\${*##*@}"; test -s "$file" && cp "$file" "$comment" ;;
esac
`;

function play({ cwd, inputs }: Played): Job {
  const outputs: Record<string, string> = {};
  const bin = join(cwd, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'gh'), gh);
  chmodSync(join(bin, 'gh'), 0o755);
  const [output, summary, calls] = ['output', 'summary', 'calls'].map((name) => join(cwd, name));
  writeFileSync(summary!, '');
  const said: Record<string, string> = {};
  const context = contextOf(cwd, inputs, outputs);
  for (const step of steps) {
    writeFileSync(output!, '');
    const { status, stderr, stdout } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run!],
      {
        cwd,
        encoding: 'utf8',
        env: {
          ...process.env,
          ...{ PATH: `${bin}:${process.env['PATH']}`, FAIRLEAD_STORE: join(cwd, 'store') },
          ...{ GITHUB_OUTPUT: output!, GITHUB_STEP_SUMMARY: summary!, GITHUB_ACTIONS: 'true' },
          ...{ GITHUB_REPOSITORY: 'we/ours', GH_CALLS: calls! },
          ...Object.fromEntries(
            Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, context)]),
          ),
        },
      },
    );
    for (const [, name, value] of readFileSync(output!, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) {
      outputs[`steps.${step.id}.outputs.${name}`] = value!;
    }
    said[step.name] = `${stdout}${stderr}`;
    if (status !== 0) return jobOf(step.name);
  }
  return jobOf(undefined);

  function jobOf(failed: string | undefined): Job {
    const called = existsSync(calls!) ? readFileSync(calls!, 'utf8').trim().split('\n') : [];
    return { failed, outputs, summary: readFileSync(summary!, 'utf8'), said, calls: called };
  }
}

function contextOf(
  cwd: string,
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>>,
) {
  return (name: string): string => {
    if (name.startsWith('inputs.')) {
      const key = name.slice('inputs.'.length);
      return inputs[key] ?? String(action.inputs[key].default);
    }
    const known: Record<string, string> = {
      'github.action_path': repository,
      'github.event.number': '7',
      'runner.temp': join(cwd, 'temp'),
    };
    return known[name] ?? outputs[name] ?? '';
  };
}

function filled(text: string, context: (name: string) => string): string {
  return text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_whole, name: string) => context(name));
}

async function placeWithBaseline(): Promise<string> {
  const cwd = temporaryFolder();
  const scenario = tinyScenarioIn(cwd);
  const args = ['--baseline', 'baseline.json', '--update-baseline', '--max-seeds', '8'];
  const { code, stderr } = await runFairlead(['gate', scenario, ...args, '-s', 'least-tokens'], {
    cwd,
  });
  expect(code, stderr).toBe(0);
  return cwd;
}

const inputs = { scenario: 'tiny.yaml', path: repository };

test('no input is ever a part of a script', () => {
  for (const { name, run } of steps) expect(run, name).not.toContain('${{');
});

test('without a path it is built from what the action came with', () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'scripts'));
  writeFileSync(join(cwd, 'scripts/setup.mjs'), "console.log('installed and built')");
  const build = steps.find(({ id }) => id === 'fairlead')!;
  const output = join(cwd, 'output');
  const { stdout } = spawnSync('bash', ['-eo', 'pipefail', '-c', build.run!], {
    env: { ...process.env, GITHUB_OUTPUT: output, ACTION_PATH: cwd, GIVEN_PATH: '' },
  });
  expect(String(stdout)).toBe('installed and built\n');
  expect(readFileSync(output, 'utf8')).toBe(`path=${cwd}\n`);
});

testWith('jq')(
  'the same passes, with a comment that later runs of its name write anew',
  async () => {
    const cwd = await placeWithBaseline();
    const first = play({ cwd, inputs });
    expect(first.failed).toBeUndefined();
    expect(first.outputs['steps.gate.outputs.code']).toBe('0');
    expect(first.summary).toContain('bit-identical');
    expect(first.said['Gate']).toMatch(/^::notice title=fairlead gate::tiny: bit-identical/m);
    expect(first.said['Verdict']).toBe('Pass.\n');
    for (const file of ['report.html', 'gate.json', 'junit.xml', 'comment.md', 'messages.txt']) {
      expect(existsSync(join(first.outputs['steps.gate.outputs.report']!, file)), file).toBe(true);
    }
    expect(first.calls.at(-1)).toMatch(/^api --method POST repos\/we\/ours\/issues\/7\/comments /);
    const second = play({ cwd, inputs });
    expect(second.calls.at(-1)).toMatch(
      /^api --method PATCH repos\/we\/ours\/issues\/comments\/4711/,
    );
    const other = play({ cwd, inputs: { ...inputs, name: 'other "gate"' } });
    expect(other.calls.at(-1)).toMatch(/^api --method POST /);
    const report = other.outputs['steps.gate.outputs.report']!;
    expect(report).not.toBe(first.outputs['steps.gate.outputs.report']);
    expect(readFileSync(join(report, 'comment.md.named'), 'utf8')).toMatch(
      /^<!-- other "gate" -->\n### /,
    );
  },
);

test('what is worse fails the job after it was told', async () => {
  const cwd = await placeWithBaseline();
  const text = readFileSync(join(cwd, 'tiny.yaml'), 'utf8');
  const slow = 'events: [{ kind: slow, at: 0s, replicas: [a100], factor: 1.5, for: 1h }]\n';
  writeFileSync(join(cwd, 'tiny.yaml'), `${text}${slow}`);
  const { calls, failed, outputs, said } = play({ cwd, inputs });
  expect(failed).toBe('Verdict');
  expect(outputs['steps.gate.outputs.code']).toBe('1');
  expect(said['Gate']).toMatch(/^::error title=fairlead gate::tiny: .* is worse by/m);
  expect(said['Verdict']).toMatch(/^Something is worse; /);
  expect(calls).toHaveLength(2);
});

test('what cannot be held against the baseline fails the job, with what to do', async () => {
  const cwd = await placeWithBaseline();
  const text = readFileSync(join(cwd, 'tiny.yaml'), 'utf8');
  for (const name of ['new', 'newer']) {
    writeFileSync(join(cwd, `${name}.yaml`), text.replace('tiny', name));
  }
  const both = { ...inputs, scenario: 'new.yaml\nnewer.yaml\n' };
  const { calls, failed, outputs, said, summary } = play({ cwd, inputs: both });
  expect(failed).toBe('Verdict');
  expect(outputs['steps.gate.outputs.code']).toBe('3');
  expect(said['Gate']).toMatch(/^::error title=fairlead gate::new: .* newer: .*--update-baseline/m);
  expect(said['Verdict']).toMatch(/^Invalid: /);
  expect(summary).toContain('INVALID');
  expect(calls).toHaveLength(2);
});

test('what is open fails only where that is wanted', async () => {
  const cwd = await placeWithBaseline();
  const open = {
    ...inputs,
    strategy: 'power-of-two',
    args: '--seeds 2 --metric e2eP99 --tolerance 0',
  };
  const { failed, outputs, said } = play({ cwd, inputs: open });
  expect(outputs['steps.gate.outputs.code']).toBe('2');
  expect(said['Gate']).toMatch(/^::warning title=fairlead gate::tiny: after 2 seeds it is open/m);
  expect(said['Verdict']).toContain('no failure unless strict is true');
  expect(failed).toBeUndefined();
  const strict = play({ cwd, inputs: { ...open, strict: 'true' } });
  expect(strict.failed).toBe('Verdict');
  expect(strict.said['Verdict']).toMatch(/^::error title=fairlead gate::.*strict/);
});

test('without a baseline it fails and says so, and writes no empty comment', () => {
  const cwd = temporaryFolder();
  tinyScenarioIn(cwd);
  const given = { ...inputs, baseline: '100%.json' };
  const { calls, failed, outputs, said } = play({ cwd, inputs: given });
  expect(failed).toBe('Verdict');
  expect(outputs['steps.gate.outputs.code']).toBe('64');
  expect(said['Verdict']).toMatch(
    /^::error title=fairlead gate::No answer \(exit code 64\)\. 100%25\.json: there is no such file/,
  );
  expect(said['Verdict']!.trim().split('\n')).toHaveLength(1);
  expect(calls).toEqual([]);
});
