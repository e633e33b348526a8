import { measuredText } from '../reports/format.ts';
import { trafficPage as page } from '../reports/html/traffic-page.ts';
import type { TrafficPreview } from '../reports/traffic/preview.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { fleetFacts } from '../sim/fleet-facts.ts';
import { fleetLines, hardwareText, modelText } from './fleet-text.ts';
import { version } from './package.ts';

/** The page that `scenario show --html` writes. */
export function trafficPage(scenario: Scenario, preview: TrafficPreview): Promise<string> {
  const { durationUs, name, slo, summary, warmupUs } = scenario;
  const hardware = fleetFacts(scenario).map((group) => `${group.name}: ${hardwareText(group)}`);
  const words = {
    name,
    summary,
    model: modelText(scenario),
    fleet: [...hardware, ...fleetLines(scenario)],
    measured: measuredText(durationUs, warmupUs),
    slo: slo.map(({ text }) => text).join(', ') || 'none',
    version,
  };
  return page(words, preview);
}
