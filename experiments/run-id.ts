import { createHash } from 'node:crypto';

/** The same for the same question, on any machine: what was asked, in one canonical text. */
export function runId(question: unknown): string {
  return createHash('sha256').update(canonicalJson(question)).digest('hex').slice(0, 12);
}

/** Keys in order of their characters, so that it does not matter how an object was made. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // JSON would make null of infinity, and two questions one.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
