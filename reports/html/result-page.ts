import type { Comparison } from '../summary.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

/** What every report has; the sections between are its own. */
export interface ResultPage {
  /** Name of the scenario. */
  readonly name: string;
  /** The answer, which comes first. */
  readonly sentence: string;
  readonly badges: readonly Badge[];
  readonly warnings: readonly string[];
  readonly sections: readonly (Markup | string)[];
  readonly meta: Comparison['meta'];
  /** The whole result, carried as JSON. */
  readonly result: object;
}

export type Badge = string | { readonly bad: string };

/**
 * One self-contained file: the answer first, then the figures, the pictures and how they came
 * about. It runs no script and asks no network, and it carries its own data as JSON.
 */
export function resultPage(page: ResultPage): string {
  const { badges, meta, name, result, sections, sentence, warnings } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}: ${sentence}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · ${name}</h1>
<p class="verdict">${sentence}</p>
<ul class="badges">${badges.map(badgeItem)}</ul>
</header>
${warnings.map((warning) => html`<aside>${warning}</aside>`)}
${sections.filter((section) => section !== '')}
${provenance(meta)}
<script type="application/json" id="fairlead-summary">${embeddedJson(result)}</script>
</body>
</html>
`.html;
}

export function figure(caption: string, svg: string): Markup {
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

function badgeItem(badge: Badge): Markup {
  return typeof badge === 'string'
    ? html`<li>${badge}</li>`
    : html`<li class="bad">${badge.bad}</li>`;
}

function provenance(meta: Comparison['meta']): Markup {
  return html`<footer>
    <p>Run ${meta.runId} · Fairlead ${meta.version} · Node ${meta.run.node} ·
      ${meta.run.startedAt} · seeds ${meta.seeds.join(', ')}</p>
    <p>Again: <code>${meta.run.command}</code></p>
  </footer>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(result: object): Markup {
  return new Markup(JSON.stringify(result).replaceAll('<', '\\u003c'));
}
