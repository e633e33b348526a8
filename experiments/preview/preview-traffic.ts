import { US_PER_S, usOf } from '../../core/time.ts';
import type {
  EntryFacts,
  NominalAnswerTime,
  TrafficPreview,
} from '../../reports/traffic/preview.ts';
import { PrefixReuse } from '../../scenarios/prefix-reuse.ts';
import { PreviewStream } from '../../scenarios/preview-stream.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario, Tenant } from '../../scenarios/scenario.ts';
import { idleAnswerTime } from '../load/idle-answer-time.ts';
import { loadFigures } from '../load/load-figures.ts';
import { TrafficCollector } from './traffic-facts.ts';

export interface PreviewOptions {
  readonly seed?: number;
  /** More are not drawn; the preview then ends before the run does. */
  readonly mostRequests?: number;
}

const mostBins = 150;
const mostTenants = 5;
/** Of many thousand tenants, those who send often are among the first. */
const mostCollected = 1_000;

/**
 * Draws the requests of a whole run and tells what they are like. No fleet answers them: whoever
 * waits for an answer gets it after the time that an idle replica needs. Loads are rates already.
 */
export function previewTraffic(
  scenario: Scenario,
  { mostRequests = 200_000, seed = 1 }: PreviewOptions = {},
): TrafficPreview {
  const untilUs = scenario.warmupUs + scenario.durationUs;
  const binUs = binFor(untilUs);
  const idle = idleAnswerTime(scenario);
  const stream = new PreviewStream(new RequestStream(scenario, seed), idle);
  const reuse = new PrefixReuse();
  const all = new TrafficCollector('all', binUs);
  const tenants = new Map<string, TrafficCollector>();
  while (all.requests < mostRequests && stream.nextArrivalUs < untilUs) {
    const request = stream.next();
    const reused = reuse.add(request);
    all.add(request, reused);
    const known = tenants.get(request.tenant);
    if (known !== undefined) known.add(request, reused);
    else if (tenants.size < mostCollected) {
      const first = new TrafficCollector(request.tenant, binUs);
      tenants.set(request.tenant, first);
      first.add(request, reused);
    }
  }
  const shownUntilUs = Math.max(1, Math.min(untilUs, stream.nextArrivalUs));
  const top = [...tenants.values()].sort((a, b) => b.requests - a.requests).slice(0, mostTenants);
  return {
    seed,
    warmupUs: scenario.warmupUs,
    untilUs,
    shownUntilUs,
    mostRequests,
    answerTime: scenario.traffic.some(waits) ? nominal(scenario, idle) : null,
    binUs,
    all: all.facts(shownUntilUs),
    tenants: tenants.size > 1 ? top.map((tenant) => tenant.facts(shownUntilUs)) : [],
    tenantCount: tenants.size,
    entries: scenario.traffic.map(entryFacts),
  };
}

function waits({ job, users }: Tenant): boolean {
  return job !== undefined || users !== undefined;
}

function nominal({ fleet }: Scenario, idle: Omit<NominalAnswerTime, 'group'>): NominalAnswerTime {
  return { group: fleet[0]!.name, ...idle };
}

function entryFacts(entry: Tenant): EntryFacts {
  const { load, loadRate, tenant } = entry;
  return {
    tenant,
    arrivals: arrivalsOf(entry),
    load: load === undefined || loadRate === undefined ? null : loadFigures(load, loadRate),
  };
}

function arrivalsOf({ arrivals, job, trace, users }: Tenant): string {
  const what = job === undefined ? '' : ` of ${String(job['kind'])} jobs`;
  if (users !== undefined) return `${users.users} users${what}`;
  const played = trace === undefined ? '' : `the trace ${trace.file}`;
  if (arrivals === undefined) return played;
  const { kind, rate } = arrivals;
  const steady = typeof rate === 'number' ? `, ${rate}/s` : '';
  const lengths = trace === undefined ? '' : `, lengths of ${played}`;
  return `${String(kind)} arrivals${what}${steady}${lengths}`;
}

/** The shortest that a person would choose, of which a chart can show all. */
function binFor(untilUs: number): number {
  const lengths = [
    '1s',
    '2s',
    '5s',
    '10s',
    '15s',
    '30s',
    '1m',
    '2m',
    '5m',
    '10m',
    '30m',
    '1h',
    '2h',
  ];
  const found = lengths.map((text) => usOf(text)).find((us) => untilUs <= mostBins * us);
  return found ?? Math.ceil(untilUs / mostBins / (3_600 * US_PER_S)) * 3_600 * US_PER_S;
}
