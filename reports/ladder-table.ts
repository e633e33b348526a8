import Table from 'cli-table3';
import type { Ladder } from './ladder.ts';
import { axisText, kneeRows } from './ladder-text.ts';
import { borderless, type TextStyle } from './terminal-table.ts';

/** Strategies by their knees, for a terminal. */
export function ladderTable(ladder: Ladder, style: TextStyle): string {
  const table = new Table({
    head: ['', `knee (${axisText(ladder.axis)})`, '95 %', 'against the best', 'breaks next'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
    chars: borderless,
  });
  for (const { breaks, interval, knee, name, standing, versusBest } of kneeRows(ladder)) {
    const figure = standing === 'best' ? style.bold(knee) : knee;
    table.push([
      name,
      standing === 'tied' ? style.grey(figure) : figure,
      style.grey(interval),
      versusBest,
      breaks,
    ]);
  }
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.join('\n');
}

/** The same for a README or a pull request. */
export function ladderMarkdown(ladder: Ladder): string {
  const { meta, scenario, verdict, warnings } = ladder;
  const rows = kneeRows(ladder).map(({ breaks, interval, knee, name, standing, versusBest }) => {
    const figure = standing === 'best' ? `**${knee}**` : standing === 'tied' ? `*${knee}*` : knee;
    return [name, figure, interval, versusBest, breaks];
  });
  const lines = [
    ['strategy', `knee (${axisText(ladder.axis)})`, '95 %', 'against the best', 'breaks next'],
    ['---', '---:', '---:', '---:', '---'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const slo = scenario.slo.map(({ text }) => text).join(', ') || 'none';
  return [
    `**${verdict.sentence}**`,
    '',
    ...lines,
    '',
    `${scenario.name}, ${meta.seeds.length} paired seeds, SLO: ${slo}. Bold is best, italics are statistically tied with it. Run ${meta.runId}, Fairlead ${meta.version}.`,
    ...warnings.map((warning) => `\n> ${warning}`),
    '',
  ].join('\n');
}
