import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely meant, if any is near enough to suggest. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted === '') return undefined;
  let best: string | undefined;
  let bestScore = Math.max(2, Math.ceil(wanted.length * 0.4)) + 1;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const score = lower.startsWith(wanted) ? 1 : distance(wanted, lower);
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or the list of what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  if (closest !== undefined) return `Did you mean "${closest}"?`;
  return `Known: ${known.join(', ')}.`;
}
