import { z } from 'zod';
import { suggestion } from '../core/closest.ts';

export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The key itself is wrong, not what stands behind it. */
  readonly atKey: boolean;
}

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Turns one issue of the validator into what a person needs: what was found, what to write. */
export function explainIssue(issue: Issue, schema: z.ZodType): Complaint[] {
  return explain(issue, [], describedBy(schema));
}

/** Made once for each schema: it takes longer than all the rest of loading a scenario. */
const described = new WeakMap<z.ZodType, JsonSchema>();

function describedBy(schema: z.ZodType): JsonSchema {
  const known = described.get(schema);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  described.set(schema, made);
  return made;
}

function explain(issue: Issue, above: readonly PropertyKey[], root: JsonSchema): Complaint[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(root, path, issue.input);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `there is no key "${key}" here. ${suggestion(key, known)}`,
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_key') {
    const reasons = issue.issues.map((nested) => expectation(nested as Issue)).join(', and ');
    return [
      { path, message: `the key ${print(issue.path.at(-1))} is wrong: ${reasons}.`, atKey: true },
    ];
  }
  const choices = choicesOf(issue);
  if (choices.length > 0) {
    const message = `found ${print(issue.input)}, expected ${choices.join(' or ')}.`;
    return [{ path, message: `${message}${exampleAt(root, path, issue)}`, atKey: false }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = issue.errors.toSorted((a, b) => relevance(b) - relevance(a))[0]!;
    return branch.flatMap((nested) => explain(nested, path, root));
  }
  if (issue.code === 'invalid_union') return [explainKind(issue, path, root)];
  if (issue.code === 'custom' && issue.params?.['complete'] === true) {
    return [{ path, message: issue.message, atKey: false }];
  }
  const found = issue.input === undefined ? 'it is missing;' : `found ${print(issue.input)},`;
  const advice = exampleAt(root, path, issue) || keysOf(issue, path, root);
  const message = `${found} ${expectation(issue)}.${advice}`;
  return [{ path, message, atKey: false }];
}

/** All values of a union that is nothing but values. */
function choicesOf(issue: Issue): string[] {
  if (issue.code !== 'invalid_union') return [];
  const branches = issue.errors.map(([only]) =>
    only?.code === 'invalid_value' && only.path.length === 0 ? only.values : [],
  );
  if (branches.some((values) => values.length === 0)) return [];
  return branches.flat().map((value) => JSON.stringify(value));
}

/** The branch meant got past the type of the value, and better still knows all keys of it. */
function relevance(issues: readonly Issue[]): number {
  const isAt = (at: Issue['code']) =>
    issues.some(({ code, path }) => code === at && path.length === 0);
  if (isAt('invalid_type')) return 0;
  return isAt('unrecognized_keys') ? 1 : 2;
}

function explainKind(
  issue: Issue & { code: 'invalid_union' },
  path: PropertyKey[],
  root: JsonSchema,
) {
  const key = issue.discriminator ?? 'kind';
  const known = kindsAt(root, path.slice(0, -1), key);
  const given = (issue.input as Record<string, unknown> | undefined)?.[key];
  // Strategies are told apart by their name, everything else by its kind.
  const what = key === 'name' ? 'strategy' : key;
  const message =
    typeof given === 'string'
      ? `there is no ${what} "${given}". ${suggestion(given, known)}`
      : `it is missing. Write ${oneOf(known, key, issue.input)}.`;
  return { path, message, atKey: false };
}

/** Whoever wrote a name as a key meant that one; of many, one shows how it is written. */
function oneOf(known: readonly string[], key: string, block: unknown): string {
  const meant = known.filter((name) => name in ((block ?? {}) as object));
  const shown = (meant.length > 0 ? meant : known).map((name) => `"${key}: ${name}"`);
  if (shown.length <= mostKinds) return shown.join(' or ');
  return `for example ${shown[0]}; others are ${known.slice(1).join(', ')}`;
}

/** More than this is no longer read. */
const mostKinds = 12;

function kindsAt(root: JsonSchema, path: readonly PropertyKey[], key: string): string[] {
  return schemasAt(root, path).flatMap((schema) => {
    const value = schema.properties?.[key];
    return typeof value === 'object' && value.const !== undefined ? [String(value.const)] : [];
  });
}

/** What belongs in a block for which there is no example; a file that is no scenario has none. */
function keysOf(issue: Issue, path: readonly PropertyKey[], root: JsonSchema): string {
  if (path.length === 0) return '';
  if (issue.code !== 'invalid_type' || issue.expected !== 'object') return '';
  const kinds = kindsAt(root, path, 'kind').map((name) => `"kind: ${name}"`);
  if (kinds.length > 0) return ` It begins with ${kinds.join(' or ')}.`;
  const keys = keysAt(root, path, {});
  return keys.length === 0 ? '' : ` Its keys: ${keys.join(', ')}.`;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // A message of the schema's own says more than the name of a type.
      if (!issue.message.startsWith('Invalid')) return issue.message;
      return `expected ${issue.expected === 'int' ? 'a whole number' : article(issue.expected)}`;
    case 'too_small':
    case 'too_big': {
      const [most, bound] =
        issue.code === 'too_small' ? [false, issue.minimum] : [true, issue.maximum];
      const amount = `${bound}${unitOf(issue.origin, Number(bound))}`;
      if (issue.inclusive) return `expected at ${most ? 'most' : 'least'} ${amount}`;
      return `expected ${most ? 'less' : 'more'} than ${amount}`;
    }
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string, bound: number): string {
  if (origin === 'array') return bound === 1 ? ' entry' : ' entries';
  if (origin === 'string') return bound === 1 ? ' character' : ' characters';
  return '';
}

function article(type: string): string {
  if (type === 'object' || type === 'record') return 'a block of keys';
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a list';
  if (type === 'string') return 'a text';
  return `a ${type}`;
}

function print(value: unknown): string {
  if (typeof value === 'number' || value === null) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function exampleAt(root: JsonSchema, path: readonly PropertyKey[], issue: Issue): string {
  const shown = schemasAt(root, path).filter((schema) => schema.examples);
  // Members of a union may mean different things by one key: a share here, a duration there.
  const meant = shown.find(({ type }) => type !== undefined && type === wantedType(issue));
  const example = (meant ?? shown[0])?.examples?.[0];
  if (example === undefined) return '';
  const key = path.at(-1);
  const text = typeof key === 'string' ? `${key}: ${inlineYaml(example)}` : inlineYaml(example);
  return ` Write for example "${text}".`;
}

function wantedType(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type') return issue.expected;
  return 'origin' in issue ? issue.origin : undefined;
}

function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${inlineYaml(inner)}`);
  return `{${entries.join(', ')}}`;
}

/** The keys a block may have; of a union only of the member that the block says it is. */
function keysAt(root: JsonSchema, path: readonly PropertyKey[], block: unknown): string[] {
  const given = (block ?? {}) as Readonly<Record<string, unknown>>;
  const isMeant = ({ properties = {} }: JsonSchema) =>
    Object.entries(properties).every(
      ([key, inner]) =>
        typeof inner !== 'object' || inner.const === undefined || inner.const === given[key],
    );
  const keys = schemasAt(root, path)
    .filter(isMeant)
    .flatMap((schema) => Object.keys(schema.properties ?? {}));
  return [...new Set(keys)];
}

/** Every schema that may describe the place, through all branches of the unions on the way. */
function schemasAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  return path.reduce<JsonSchema[]>((schemas, step) => {
    const inner = schemas.map((schema) =>
      typeof step === 'number'
        ? (schema.prefixItems?.[step] ?? schema.items)
        : (schema.properties?.[String(step)] ?? schema.additionalProperties),
    );
    return inner.flatMap((schema) => branches(schema as JsonSchema | undefined));
  }, branches(root));
}

function branches(schema: JsonSchema | undefined): JsonSchema[] {
  if (schema === undefined || typeof schema !== 'object') return [];
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...inner.flatMap((branch) => branches(branch as JsonSchema))];
}
