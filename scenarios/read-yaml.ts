import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { type ErrorCode, FairleadError } from '../core/errors.ts';

export interface SourceText {
  /** What a message calls it, usually the path as the user wrote it. */
  readonly file: string;
  readonly text: string;
}

export interface YamlFile {
  readonly value: unknown;
  /** "file.yaml:12:7 fleet[0].gpu: message"; `atKey` points at the key instead of its value. */
  locate(path: readonly PropertyKey[], message: string, atKey?: boolean): string;
}

/** Reads one document of YAML, of which JSON is a part, and remembers where everything stands. */
export function readYaml({ file, text }: SourceText, code: ErrorCode): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    logLevel: 'error',
    merge: true,
  });
  const refuse = (offset: number, reason: string): never => {
    const { line, col } = lineCounter.linePos(offset);
    const message = `${file}:${line}:${col} not valid YAML: ${reason}`;
    throw new FairleadError(code, message);
  };
  // A warning is an unknown tag, which no scenario has.
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) refuse(error.pos[0], reasonOf(error));
  const bad = firstBadAlias(document);
  if (bad !== undefined) refuse(bad.alias.range![0], bad.reason);
  return {
    value: toValue(document, refuse),
    locate(path, message, atKey = false) {
      const { line, col } = lineCounter.linePos(offsetOf(document.contents, path, atKey));
      const complaint = `${path.length > 0 ? `${printPath(path)}: ` : ''}${message}`;
      // A key may have several lines; a complaint has one.
      return `${file}:${line}:${col} ${complaint.replace(/\s*\n\s*/g, ' ')}`;
    },
  };
}

function reasonOf({ code, message }: YAMLParseError | YAMLWarning): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'this begins a second document. Keep one of them.';
    case 'DUPLICATE_KEY':
      return 'this key is there twice. Keep one of them.';
    case 'TAB_AS_INDENT':
      return 'this line is indented with a tab. Indent with spaces.';
    default: {
      const advice = 'Write "key: value", with the keys of a block under each other.';
      return `${message.split('\n')[0]}. ${advice}`;
    }
  }
}

/** An alias (`*name`) must stand for something, and not for what it stands in. */
function firstBadAlias(document: Document): { alias: Alias; reason: string } | undefined {
  let bad: { alias: Alias; reason: string } | undefined;
  visit(document, {
    Alias(_key, alias, path) {
      const target = alias.resolve(document);
      if (target === undefined) bad = { alias, reason: `nothing is called &${alias.source}.` };
      else if (path.includes(target)) bad = { alias, reason: `*${alias.source} contains itself.` };
      return bad === undefined ? undefined : visit.BREAK;
    },
  });
  return bad;
}

/** A handful of aliases of aliases can stand for billions of values; the limit stops them. */
function toValue(document: Document, refuse: (offset: number, reason: string) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (/^Merge sources/.test((error as Error).message)) {
      return refuse(0, 'what "<<" merges must be a block of keys that is named with &.');
    }
    return refuse(0, 'its aliases multiply beyond all bounds.');
  }
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
