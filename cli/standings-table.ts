import { judge, type Standing, type Standings, tolerated } from '../experiments/standings.ts';
import { formatCount } from '../reports/format.ts';

/** How our own strategy stands on the library, losses as plainly as wins. */
export function standingsSection(standings: Standings): string {
  const { scenarios, seeds, strategy } = standings;
  const judged = scenarios.map(judge);
  const count = (verdict: string) => judged.filter((one) => one === verdict).length;
  const rows = scenarios.map((row, index) => `| ${cells(row, judged[index]!).join(' | ')} |`);
  return [
    `## \`${strategy}\` against the best other`,
    '',
    `With default options, on ${seeds} paired seeds of every scenario of the library, against whichever`,
    'other strategy with default options is best in that metric; "npm run standings" writes it. Better',
    `in ${count('better')} of ${scenarios.length}, as good in ${count('equal')}, worse in ${count('worse')}. Worse is more than ${100 * tolerated.ttftP99} % in TTFT p99, or more than`,
    `${tolerated.goodputPoints} points in the share of requests within their SLO; better is an interval of 95 % that leaves`,
    'no doubt in one of them.',
    '',
    '| scenario | TTFT p99 | best other | change | within SLO | best other | points | |',
    '| --- | ---: | --- | ---: | ---: | --- | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}

function cells({ goodput, scenario, ttftP99 }: Standing, verdict: string): string[] {
  return [
    `[${scenario}](scenarios/${scenario}.md)`,
    `${milliseconds(ttftP99.ownValue)} ms`,
    `${ttftP99.rival}, ${milliseconds(ttftP99.rivalValue)} ms`,
    `${signed(100 * ttftP99.change)} % ${range(ttftP99.interval, 100)}`,
    `${percent(goodput.ownValue)} %`,
    `${goodput.rival}, ${percent(goodput.rivalValue)} %`,
    `${signed(goodput.change)} ${range(goodput.interval, 1)}`,
    verdict === 'equal' ? 'as good' : `**${verdict}**`,
  ];
}

function milliseconds(value: number): string {
  return formatCount(Math.round(value));
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return Number(text) === 0 ? '0.0' : `${value < 0 ? '−' : '+'}${text}`;
}

function range(interval: Standing['ttftP99']['interval'], factor: number): string {
  if (interval === null) return '';
  return `[${signed(factor * interval.low)}, ${signed(factor * interval.high)}]`;
}
