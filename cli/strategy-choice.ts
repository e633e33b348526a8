import { parse } from 'yaml';
import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { findStrategy } from '../experiments/run-task.ts';
import { explainIssue } from '../scenarios/explain-issue.ts';
import type { StrategyChoice } from '../scenarios/scenario.ts';

/** `least-tokens` or `least-tokens:tokensPerRequest=300`; may be given several times. */
export function strategyChoice(text: string, before: StrategyChoice[] = []): StrategyChoice[] {
  const refuse = (reason: string): never => {
    throw new FairleadError('STRATEGY_OPTIONS', `--strategy ${text}: ${reason}`);
  };
  const [name] = text.split(':', 1);
  const { schema } = findStrategy(name!);
  const known = Object.keys(schema.shape).filter((key) => key !== 'name');
  const options: Record<string, unknown> = {};
  for (const pair of pairsOf(text.slice(name!.length + 1))) {
    const [key] = pair.split('=', 1);
    if (!known.includes(key!)) refuse(unknownOption(key!, known));
    if (key === pair) refuse(`${key}: it has no value. Write ${key}=…`);
    if (key! in options) refuse(`${key}: it is given twice. Leave one of them out.`);
    const value = pair.slice(key!.length + 1);
    try {
      options[key!] = parse(value) as unknown;
    } catch {
      refuse(`${key}: found "${value}", expected a value as in YAML, such as 3, all or [a, b].`);
    }
  }
  const checked = schema.safeParse({ name, ...options }, { reportInput: true });
  if (checked.success) return [...before, { name: name!, options }];
  const reasons = checked.error.issues
    .flatMap((issue) => explainIssue(issue, schema))
    .map(({ message, path }) => `${path.join('.')}: ${asArgument(message, path)}`);
  return refuse(`${reasons.join(' ')} "fairlead strategy show ${name}" shows all options.`);
}

/** Commas within brackets are part of a value. */
function pairsOf(text: string): string[] {
  const pairs = [''];
  let depth = 0;
  for (const character of text) {
    if ('[{'.includes(character)) depth += 1;
    if (']}'.includes(character)) depth -= 1;
    if (character === ',' && depth <= 0) pairs.push('');
    else pairs[pairs.length - 1] += character;
  }
  return pairs.filter((pair) => pair !== '');
}

function unknownOption(key: string, known: readonly string[]): string {
  const others = known.length === 0 ? 'Options: none.' : suggestion(key, known);
  return `there is no option "${key}". ${others}`;
}

/** What is to be written in a file with a colon is written here with an equals sign. */
function asArgument(message: string, path: readonly PropertyKey[]): string {
  const key = String(path.at(-1));
  return path.length > 1 ? message : message.replace(`"${key}: `, `"${key}=`);
}
