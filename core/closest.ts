import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely meant, if any is near enough to suggest. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted === '') return undefined;
  let best: string | undefined;
  let bestScore = Math.max(2, Math.ceil(wanted.length * 0.4)) + 1;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const score = lower.startsWith(wanted) ? 0.5 : slips(wanted, lower);
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** Edits between two names; where they are equal in number, dots and dashes weigh less. */
function slips(a: string, b: string): number {
  const bare = (text: string) => text.replaceAll(/[^a-z0-9]/g, '');
  return distance(a, b) + Math.min(0.5, distance(bare(a), bare(b)) / 100);
}

/** `Did you mean "x"?`, all names that begin as the wrong one does, or the list of what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const begun = name === '' ? [] : known.filter((one) => startsLike(one, name));
  if (begun.length > 1 && begun.length <= mostBegun) {
    return `Did you mean ${begun.map((one) => `"${one}"`).join(' or ')}?`;
  }
  const closest = closestName(name, known);
  if (closest !== undefined) return `Did you mean "${closest}"?`;
  return `Known: ${known.join(', ')}.`;
}

/** More than this is no longer read. */
const mostBegun = 5;

function startsLike(known: string, name: string): boolean {
  return known.toLowerCase().startsWith(name.toLowerCase());
}
