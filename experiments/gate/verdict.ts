import { countOf } from '../../reports/format.ts';
import type { GateResult, GateRow, GateScenario } from '../../reports/gate/result.ts';
import { toleratedText, worseningText } from '../../reports/gate/row-text.ts';

/** The answer over all scenarios: one that is worse is enough, and what says nothing comes next. */
export function gateVerdict(scenarios: readonly GateScenario[]): GateResult['verdict'] {
  const of = (outcome: GateScenario['outcome']) =>
    scenarios.filter((one) => one.outcome === outcome);
  const sentence = (concerned: readonly GateScenario[], text: (one: GateScenario) => string) =>
    concerned.map(text).join(' ');
  const [worse, invalid, open] = [of('regress'), of('invalid'), of('inconclusive')];
  if (worse.length > 0) return { kind: 'regress', sentence: sentence(worse, regressSentence) };
  if (invalid.length > 0) {
    return { kind: 'invalid', sentence: sentence(invalid, invalidSentence), advice: anew };
  }
  if (open.length > 0) {
    return { kind: 'inconclusive', sentence: sentence(open, openSentence), ...moreSeeds(open) };
  }
  return { kind: 'pass', sentence: passSentence(scenarios) };
}

const anew =
  'Where this is as it should be, make the baseline anew with --update-baseline and commit it.';

function invalidSentence({ name, reason }: GateScenario): string {
  return `${name}: ${reason}.`;
}

function regressSentence({ name, reason, rows, seeds }: GateScenario): string {
  if (reason !== undefined) return `${name}: ${reason}.`;
  const worse = byGravity(rows.filter(({ outcome }) => outcome === 'regress'));
  const [worst, ...others] = worse;
  const labels = others.slice(0, mostNamed).map(({ label }) => label);
  const left = others.length - labels.length;
  const also = [...labels, ...(left > 0 ? [countOf(left, 'other figure')] : [])].join(', ');
  const more = also === '' ? '' : ` Also worse: ${also}.`;
  return `${name}: ${worst!.label} is worse by ${worseningText(worst!)}, and ${toleratedText(worst!)} is tolerated; worse in ${worst!.seedsWorse} of ${countOf(seeds.length, 'seed')}.${more}`;
}

/** More of them are a list, and there is a table for that. */
const mostNamed = 6;

/** What is least in doubt, and then what is most beyond its tolerance. */
function byGravity(rows: readonly GateRow[]): GateRow[] {
  return [...rows].sort((a, b) => a.p - b.p || beyond(b) - beyond(a));
}

function beyond({ tolerance, worsening }: GateRow): number {
  return worsening - tolerance;
}

function openSentence({ name, reason, rows, seeds }: GateScenario): string {
  if (reason !== undefined) return `${name}: ${reason}, which may be chance.`;
  const open = rows.filter(({ outcome }) => outcome === 'inconclusive');
  const [first, ...others] = [...open].sort((a, b) => beyond(b) - beyond(a));
  const more = others.length === 0 ? '' : `, and ${countOf(others.length, 'other figure')}`;
  return `${name}: after ${countOf(seeds.length, 'seed')} it is open whether ${first!.label} is worse than the ${toleratedText(first!)} that are tolerated (${worseningText(first!)})${more}.`;
}

/** All have to be decided for a pass. */
function moreSeeds(concerned: readonly GateScenario[]): { advice?: string } {
  const missing = concerned.flatMap(({ rows }) =>
    rows.flatMap(({ outcome, seedsMissing }) =>
      outcome === 'inconclusive' ? [seedsMissing ?? Number.POSITIVE_INFINITY] : [],
    ),
  );
  const most = Math.max(...missing);
  const [asked] = concerned;
  const seeds = asked!.seeds.length + most;
  if (missing.length === 0) return {};
  if (!(seeds <= mostSeeds)) {
    return { advice: 'No number of seeds would soon decide: write a larger --tolerance.' };
  }
  return {
    advice: `About ${countOf(most, 'more seed')} would decide: --max-seeds ${seeds}, with a baseline that has as many; or write a larger --tolerance.`,
  };
}

/** With as many as this a tolerance is too fine for the traffic. */
const mostSeeds = 1_000;

function passSentence(scenarios: readonly GateScenario[]): string {
  const seeds = Math.min(...scenarios.map((one) => one.seeds.length));
  const names = scenarios.map(({ name }) => name).join(', ');
  if (
    scenarios.every(({ digests }) => digests !== undefined && digests.equal === digests.compared)
  ) {
    return `${names}: bit-identical in all ${countOf(seeds, 'seed')} that were compared.`;
  }
  const figures = scenarios.reduce((sum, { rows }) => sum + rows.length, 0);
  return `${names}: none of ${countOf(figures, 'figure')} is worse by more than is tolerated, after ${countOf(seeds, 'seed')}.`;
}
