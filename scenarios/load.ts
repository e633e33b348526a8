import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type ErrorCode, FairleadError } from '../core/errors.ts';
import { US_PER_S } from '../core/time.ts';
import { explainIssue } from './explain-issue.ts';
import { type Scenario, toScenario } from './scenario.ts';
import { scenarioSchema, type Vocabulary } from './schema.ts';

export interface SourceText {
  /** What a message calls it, usually the path as the user wrote it. */
  readonly file: string;
  readonly text: string;
}

export interface ScenarioProblem {
  readonly code?: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What only another folder can tell, such as whether the model fits; reported with its place. */
export type ScenarioCheck = (scenario: Scenario) => ScenarioProblem | undefined;

const mostRequests = 10_000_000;
const mostCharacters = 1_000_000;

/**
 * Reads a scenario from YAML or JSON. Every complaint reads `file.yaml:12:7 fleet[0].gpu: what is
 * wrong, and what to write`; all complaints about one file come together.
 */
export function parseScenario(
  { file, text }: SourceText,
  vocabulary: Vocabulary,
  check: ScenarioCheck = () => undefined,
): Scenario {
  if (text.length > mostCharacters) {
    const message = `${file}: ${text.length} characters; a scenario has at most ${mostCharacters}.`;
    throw new FairleadError('SCENARIO_INVALID', message);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const syntaxError = document.errors[0];
  if (syntaxError !== undefined) {
    const { line, col } = lineCounter.linePos(syntaxError.pos[0]);
    const reason = syntaxError.message.split('\n')[0]!;
    const advice = 'Write "key: value", with the keys of a block under each other.';
    const message = `${file}:${line}:${col} not valid YAML: ${reason}. ${advice}`;
    throw new FairleadError('SCENARIO_SYNTAX', message);
  }
  const complain = (path: readonly PropertyKey[], message: string, atKey = false) => {
    const { line, col } = lineCounter.linePos(offsetOf(document.contents, path, atKey));
    return `${file}:${line}:${col} ${path.length > 0 ? `${printPath(path)}: ` : ''}${message}`;
  };
  const schema = scenarioSchema(vocabulary);
  const result = schema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {}, {
    reportInput: true,
  });
  if (!result.success) {
    const messages = result.error.issues.flatMap((issue) =>
      explainIssue(issue, schema).map(({ path, message, atKey }) => complain(path, message, atKey)),
    );
    throw new FairleadError('SCENARIO_INVALID', messages.join('\n'));
  }
  const scenario = toScenario(result.data);
  const problem = crossCheck(scenario) ?? check(scenario);
  if (problem !== undefined) {
    const { code = 'SCENARIO_INVALID', path, message } = problem;
    throw new FairleadError(code, complain(path, message));
  }
  return scenario;
}

/** What no single field can know. */
function crossCheck(scenario: Scenario): ScenarioProblem | undefined {
  const windowS = (scenario.warmupUs + scenario.durationUs) / US_PER_S;
  let requests = 0;
  for (const [index, { arrivals }] of scenario.traffic.entries()) {
    requests += Number(arrivals['rate'] ?? 0) * windowS;
    if (requests > mostRequests) {
      const [asked, most] = [requests, mostRequests].map((n) => `${Math.round(n / 1e6)} million`);
      const message = `this asks for about ${asked} requests, and a run holds at most ${most}. Write a lower rate or a shorter duration.`;
      return { path: ['traffic', index, 'arrivals', 'rate'], message };
    }
  }
  const doubled = firstRepeated(scenario.traffic.map(({ tenant }) => tenant));
  if (doubled !== undefined) {
    const message = `"${scenario.traffic[doubled]!.tenant}" is named twice. Write another name.`;
    return { path: ['traffic', doubled, 'tenant'], message };
  }
  const group = firstRepeated(scenario.fleet.map(({ name }) => name));
  if (group !== undefined) {
    const message = `"${scenario.fleet[group]!.name}" is named twice. Write another name.`;
    return { path: ['fleet', group, 'name'], message };
  }
  return undefined;
}

function firstRepeated(names: readonly string[]): number | undefined {
  const index = names.findIndex((name, position) => names.indexOf(name) < position);
  return index < 0 ? undefined : index;
}

/** Where the value at a path begins; where the nearest thing that exists begins, if it does not. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === String(step))
      : undefined;
    const key = pair?.key as Node | undefined;
    const inside = node as { get?: (step: unknown, keepNode: true) => unknown };
    node = pair === undefined ? inside?.get?.(step, true) : pair.value;
    const value = node as Node | null | undefined;
    const target = atKey && depth === path.length - 1 ? key : (value ?? key);
    if (target?.range == null) return key?.range?.[0] ?? offset;
    offset = target.range[0];
  }
  return offset;
}

function printPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((printed, step) => {
    if (typeof step === 'number') return `${printed}[${step}]`;
    return printed === '' ? String(step) : `${printed}.${String(step)}`;
  }, '');
}
