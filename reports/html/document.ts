import type { Comparison } from '../summary.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

/** What every page has; the sections between are its own. */
export interface Page {
  /** Of the window. */
  readonly title: string;
  readonly heading: string;
  /** The sentence that comes first. */
  readonly answer: string;
  readonly badges: readonly Badge[];
  /** What to know before any figure is read. */
  readonly asides?: readonly string[];
  readonly sections: readonly (Markup | string)[];
  readonly footer: Markup;
  /** The whole result, carried as JSON. */
  readonly data: { readonly id: string; readonly value: object };
}

export type Badge = string | { readonly text: string; readonly isBad: boolean };

/**
 * One self-contained file: the answer first, then the figures, the pictures and how they came
 * about. It runs no script and asks no network, and it carries its own data as JSON.
 */
export function documentOf(page: Page): string {
  const { answer, asides = [], badges, data, footer, heading, sections, title } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · ${heading}</h1>
<p class="verdict">${answer}</p>
<ul class="badges">${badges.map(badgeItem)}</ul>
</header>
${asides.map((aside) => html`<aside>${aside}</aside>`)}
${sections.filter((section) => section !== '')}
${footer}
<script type="application/json" id="${data.id}">${embeddedJson(data.value)}</script>
</body>
</html>
`.html;
}

/** Nothing where nothing could be drawn. */
export function figure(caption: string, svg: string | undefined): Markup | '' {
  if (svg === undefined) return '';
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

interface Provenance {
  readonly what?: 'Plan' | 'Run';
  /** Behind when it began. */
  readonly facts?: readonly string[];
  readonly lines?: readonly string[];
}

/** How it came about, and how it is made again. */
export function provenance(
  { run, runId, version }: Pick<Comparison['meta'], 'run' | 'runId' | 'version'>,
  { facts = [], lines = [], what = 'Run' }: Provenance,
): Markup {
  const all = [
    `${what} ${runId}`,
    `Fairlead ${version}`,
    `Node ${run.node}`,
    run.startedAt,
    ...facts,
  ];
  return html`<footer>
    <p>${all.join(' · ')}</p>
    ${lines.map((line) => html`<p>${line}</p>`)}
    <p>Again: <code>${run.command}</code></p>
  </footer>`;
}

function badgeItem(badge: Badge): Markup {
  return typeof badge === 'string'
    ? html`<li>${badge}</li>`
    : html`<li class="${badge.isBad ? 'bad' : ''}">${badge.text}</li>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(value: object): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
