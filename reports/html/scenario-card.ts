import { countOf, formatNumber, measuredText } from '../format.ts';
import { loadText } from '../load-text.ts';
import { stepTimeText } from '../step-time-text.ts';
import type { Comparison, FleetGroupSummary } from '../summary.ts';
import { html, type Markup } from './markup.ts';

/** What was asked: fleet, traffic and objectives. */
export function scenarioCard({ scenario, meta }: Pick<Comparison, 'meta' | 'scenario'>): Markup {
  const fleet = scenario.fleet.map((group) => html`<li>${groupText(group)}</li>`);
  const traffic = scenario.traffic.map(
    ({ tenant, arrivals, input, load, output }) => html`<li>
      ${tenant}: ${load === undefined ? '' : `${loadText(load)}; `}arrivals ${arrivals}; prompt ${input}; answer ${output}</li>`,
  );
  const slo = scenario.slo.length === 0 ? 'none' : scenario.slo.map(({ text }) => text).join(', ');
  const measured = measuredText(scenario.durationUs, scenario.warmupUs);
  return html`<p>${scenario.summary}</p>
    <dl>
      <dt>Model</dt><dd>${scenario.model}${scenario.modelBasis === 'config.json' ? ', from its config.json' : ''}</dd>
      ${meta.simulated ? html`<dt>Fleet</dt><dd><ul>${fleet}</ul></dd>` : ''}
      <dt>Traffic</dt><dd><ul>${traffic}</ul></dd>
      <dt>Measured</dt><dd>${measured}, ${countOf(meta.seeds.length, 'seed')}</dd>
      <dt>SLO</dt><dd>${slo}</dd>
    </dl>`;
}

/** Results of older versions do not tell the cache and the step times. */
function groupText({ gpu, kvTokens, name, notes = [], replicas, stepTime }: FleetGroupSummary) {
  const cache = kvTokens === undefined ? '' : `, KV cache ${formatNumber(kvTokens)} tokens each`;
  const steps = stepTime === undefined ? '' : `; step times: ${stepTimeText(stepTime)}`;
  return [`${name}: ${replicas} × ${gpu}${cache}${steps}`, ...notes].join('; ');
}
