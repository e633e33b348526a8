import type { Plan } from './plan.ts';
import { costLine, planTables, questionLine, searchedLine } from './plan-tables.ts';

/** A plan for a pull request or a wiki: the answer, the reasons, the tables. */
export function planMarkdown(plan: Plan): string {
  const { answer, meta, notes } = plan;
  const cost = costLine(plan);
  return [
    `**${answer.sentence}**`,
    '',
    ...answer.reasons.map((reason) => `- ${reason}`),
    ...(cost === undefined ? [] : [`- ${cost}.`]),
    '',
    `${questionLine(plan)}. ${searchedLine(plan)}.`,
    ...planTables(plan).flatMap(({ note, rows, title }) => [
      '',
      `### ${title}`,
      '',
      note,
      '',
      ...markdownRows(rows),
    ]),
    ...notes.map((note) => `\n> ${note}`),
    '',
    `Plan ${meta.runId}, Fairlead ${meta.version}.`,
    '',
  ].join('\n');
}

function markdownRows([head, ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...rows.map(line)];
}
