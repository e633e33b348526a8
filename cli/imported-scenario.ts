import { flowYaml } from './flow-yaml.ts';

export interface ImportedScenario {
  readonly name: string;
  readonly summary: string;
  /** What the reader of the file should know of the trace. */
  readonly comments: readonly string[];
  readonly model: string;
  readonly gpu: string;
  readonly replicas: number;
  /** Default: 2m. */
  readonly warmup?: string | undefined;
  /** Key and value in their order; a list is a block of lines, and all else stands on one line. */
  readonly traffic: Readonly<Record<string, unknown>>;
}

/** A scenario as a person would write it. */
export function importedScenario(scenario: ImportedScenario): string {
  const { comments, gpu, model, name, replicas, summary, traffic, warmup = '2m' } = scenario;
  const entries = Object.entries(traffic).filter(([, value]) => value !== undefined);
  const lines = [
    ...comments.map((comment) => `# ${comment}`.trimEnd()),
    `name: ${flowYaml(name)}`,
    `summary: ${flowYaml(summary)}`,
    `model: ${flowYaml(model)}`,
    'fleet:',
    '  - name: replica',
    `    gpu: ${flowYaml(gpu)}`,
    `    replicas: ${replicas}`,
    'traffic:',
    ...entries.flatMap(([key, value], index) => {
      return keyLines(key, value, index === 0 ? '  - ' : '    ');
    }),
    `warmup: ${warmup}`,
    'duration: 10m',
    'slo: [ttft.p99 < 2s, tpot.p99 < 100ms]',
    'strategies: [random, round-robin, power-of-two, least-requests, least-tokens]',
  ];
  return `${lines.join('\n')}\n`;
}

const widestLine = 100;

/** On one line if it fits there, else its entries on lines of their own. */
function keyLines(key: string, value: unknown, indent: string): string[] {
  const line = `${indent}${key}: ${flowYaml(value)}`;
  if (line.length <= widestLine || typeof value !== 'object' || value === null) return [line];
  const inner = `${' '.repeat(indent.length)}  `;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    return [`${indent}${key}:`, ...entries.flatMap(([name, part]) => keyLines(name, part, inner))];
  }
  return [`${indent}${key}:`, ...filled(value.map(flowYaml), inner)];
}

/** A list whose entries fill the lines. */
function filled(entries: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent}[`;
  for (const [index, entry] of entries.entries()) {
    const text = `${entry}${index === entries.length - 1 ? ']' : ', '}`;
    if (line.length + text.length > widestLine && line.trim() !== '[') {
      lines.push(line.trimEnd());
      line = `${indent} `;
    }
    line += text;
  }
  return [...lines, line];
}
