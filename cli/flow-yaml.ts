/** A value on one line of YAML: `{ kind: gamma, cv: 1.02, points: [1, 2] }`. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'string') return scalar(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{ ${entries.map(([key, inner]) => `${key}: ${flowYaml(inner)}`).join(', ')} }`;
}

/** Without quotes only what can be nothing but a text; JSON's quotes are YAML's as well. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$|^\d+(us|ms|s|m|h)$/.test(text);
  const isWord = /^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}
