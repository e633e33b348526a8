import type { BaselineTraffic } from '../../reports/gate/baseline.ts';
import { type Scenario, type Tenant, withLoadRates } from '../../scenarios/scenario.ts';
import { canonicalJson } from '../run-id.ts';
import { contentKey } from '../store/content-store.ts';

/** What requests a scenario plays and what is asked of them, its loads as rates already. */
export function trafficOf(scenario: Scenario): BaselineTraffic {
  const { durationUs, slo, traffic, warmupUs } = scenario;
  return {
    warmupUs,
    durationUs,
    slo: slo.map(({ text }) => text),
    tenants: traffic.map((tenant) => ({
      tenant: tenant.tenant,
      key: tenantKey(tenant),
      ...(tenant.loadRate === undefined ? {} : { loadRate: { ...tenant.loadRate } }),
    })),
  };
}

/**
 * The scenario under the rates of the baseline. A load is a share of what the fleet can sustain, so
 * a fleet that has become slower would be sent less, and would seem to be as good as before.
 */
export function withBaselineRates(scenario: Scenario, { tenants }: BaselineTraffic): Scenario {
  return withLoadRates(
    scenario,
    tenants.map(({ loadRate }) => loadRate),
  );
}

/**
 * Why runs of this scenario would not be paired with those of the baseline, or be judged by other
 * limits; undefined where they are. Fleet, engines, gateway, events and strategy may differ.
 */
export function trafficDifference(
  baseline: BaselineTraffic,
  scenario: Scenario,
): string | undefined {
  const now = trafficOf(scenario);
  const names = (traffic: BaselineTraffic) =>
    traffic.tenants.map(({ tenant }) => tenant).join(', ');
  if (names(now) !== names(baseline)) {
    return `its traffic is of ${names(now)}, and that of the baseline of ${names(baseline)}`;
  }
  const other = now.tenants.find(({ key }, index) => key !== baseline.tenants[index]!.key);
  if (other !== undefined) return `the traffic of ${other.tenant} is not that of the baseline`;
  const isSameTime = now.warmupUs === baseline.warmupUs && now.durationUs === baseline.durationUs;
  if (!isSameTime) return 'its warm-up or its duration is not that of the baseline';
  if (canonicalJson(now.slo) === canonicalJson(baseline.slo)) return undefined;
  const asked = now.slo.join(', ') || 'nothing';
  return `its SLO asks for ${asked}, and that of the baseline for ${baseline.slo.join(', ') || 'nothing'}`;
}

/** Of all that is said of an entry, its load as it is written. */
function tenantKey({ loadRate: _loadRate, ...tenant }: Tenant): string {
  return contentKey(tenant).slice(0, 16);
}
