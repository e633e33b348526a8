import type { TopLevelSpec } from 'vega-lite';
import { theme } from './theme.ts';

/** A chart as SVG text, drawn here: the page needs no script, and opens without a network. */
export async function renderChart(spec: TopLevelSpec): Promise<string> {
  // Loading Vega takes 150 ms, which a command that draws nothing should not pay.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = vegaLite.compile({ ...spec, config: theme } as TopLevelSpec).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
