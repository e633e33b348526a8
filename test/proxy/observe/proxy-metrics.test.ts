import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomes } from '../../../core/request-record.ts';
import { type MetricFamily, metricFamilies } from '../../../proxy/observe/metric-families.ts';
import { ProxyMetrics, type ProxyMetricsOptions } from '../../../proxy/observe/proxy-metrics.ts';
import type { ProxySnapshot, ReplicaSnapshot } from '../../../proxy/observe/proxy-snapshot.ts';
import type { RequestSummary } from '../../../proxy/observe/request-summary.ts';
import { type Exposition, exposition } from '../../support/exposition.ts';
import { testWith } from '../../support/programs.ts';
import { anySummary, summaryWith } from '../../support/request-summaries.ts';

const names = { tenants: ['acme'], models: ['Llama-3.1-8B'] };

function replica(given: Partial<ReplicaSnapshot> = {}): ReplicaSnapshot {
  return {
    name: 'a',
    inFlight: 3,
    awaiting: 1,
    weight: 1,
    isInPool: true,
    isDown: false,
    isEjected: false,
    reported: { sampledAtUs: 9_500_000, waiting: 2, running: 5, kvUsage: 0.25 },
    ...given,
  };
}

function metricsWith(
  snapshot: Partial<ProxySnapshot> = {},
  options: Partial<ProxyMetricsOptions> = {},
): ProxyMetrics {
  const whole = {
    nowUs: 10_000_000,
    replicas: [replica()],
    queueLength: 4,
    openConnections: 6,
    openStreams: 5,
    lostLogLines: 2,
    ...snapshot,
  };
  return new ProxyMetrics({ names, ofProcess: false, snapshot: () => whole, ...options });
}

async function served(summaries: readonly RequestSummary[]): Promise<Exposition> {
  const metrics = metricsWith();
  for (const summary of summaries) metrics.requestEnded(summary);
  return exposition(await metrics.text());
}

describe('requests', () => {
  test('are counted with what they took', async () => {
    const page = await served([summaryWith(), summaryWith({ isStreamed: false })]);
    const model = 'model="Llama-3.1-8B"';
    expect(
      page.value(`fairlead_requests_total{tier="paid",${model},outcome="ok",status="2xx"}`),
    ).toBe(2);
    expect(page.value(`fairlead_prompt_tokens_total{tier="paid",${model}}`)).toBe(1_400);
    expect(page.value(`fairlead_cached_tokens_total{tier="paid",${model}}`)).toBe(1_024);
    expect(page.value(`fairlead_output_tokens_total{tier="paid",${model}}`)).toBe(202);
    expect(page.value('fairlead_tenant_requests_total{tenant="acme",outcome="ok"}')).toBe(2);
    expect(page.value('fairlead_tenant_tokens_total{tenant="acme"}')).toBe(1_602);
    const ttft = 'fairlead_time_to_first_token_seconds';
    expect(page.value(`${ttft}_count{tier="paid"}`)).toBe(1);
    expect(page.value(`${ttft}_sum{tier="paid"}`)).toBe(0.05);
    expect(page.value(`${ttft}_bucket{tier="paid",le="0.04"}`)).toBe(0);
    expect(page.value(`${ttft}_bucket{tier="paid",le="0.06"}`)).toBe(1);
    const tpot = 'fairlead_time_per_output_token_seconds';
    expect(page.value(`${tpot}_sum{tier="paid"}`)).toBe(0.01);
    expect(page.value(`${tpot}_bucket{tier="paid",le="0.01"}`)).toBe(1);
    expect(page.value('fairlead_e2e_request_latency_seconds_sum{tier="paid"}')).toBe(2.1);
    expect(page.value('fairlead_queue_time_seconds_sum{tier="paid"}')).toBe(0.0008);
    expect(page.value('fairlead_overhead_seconds_sum')).toBe(0.0007);
    expect(page.value('fairlead_broken_streams_total')).toBe(0);
  });

  test('that were turned away or broke off are told from others', async () => {
    const absent = Number.NaN;
    const unseen = { attempts: 0, dispatchedUs: absent, firstTokenUs: absent, replica: undefined };
    const rejected = {
      ...unseen,
      outcome: 'rejected',
      status: 429,
      errorCode: 'queue_full',
    } as const;
    const page = await served([
      summaryWith(rejected),
      summaryWith({ outcome: 'failed', status: 200 }),
      summaryWith({ outcome: 'failed', status: 502, firstTokenUs: absent, attempts: 3 }),
      summaryWith({ outcome: 'cancelled', status: 0, tier: undefined, model: undefined }),
    ]);
    expect(page.value('fairlead_rejections_total{reason="queue_full"}')).toBe(1);
    expect(page.value('fairlead_broken_streams_total')).toBe(1);
    expect(page.value('fairlead_e2e_request_latency_seconds_count{tier="paid"}')).toBe(0);
    expect(page.value('fairlead_queue_time_seconds_count{tier="paid"}')).toBe(1);
    const cancelled = 'tier="none",model="none",outcome="cancelled",status="none"';
    expect(page.value(`fairlead_requests_total{${cancelled}}`)).toBe(1);
    const rejections = 'tier="paid",model="Llama-3.1-8B",outcome="rejected",status="4xx"';
    expect(page.value(`fairlead_requests_total{${rejections}}`)).toBe(1);
  });

  test('of any kind add up, and no client makes series', async () => {
    const property = fc.asyncProperty(fc.array(anySummary(), { maxLength: 60 }), async (given) => {
      const tiered = given.map((summary) => ({ ...summary, tier: 'free' }));
      const page = await served(tiered);
      expect(page.sum('fairlead_requests_total')).toBe(given.length);
      expect(page.sum('fairlead_tenant_requests_total')).toBe(given.length);
      for (const outcome of outcomes) {
        const count = given.filter((summary) => summary.outcome === outcome).length;
        expect(page.sum('fairlead_requests_total', `outcome="${outcome}"`)).toBe(count);
      }
      const seen = given.filter(({ attempts }) => attempts > 0);
      const tokens = seen.reduce((sum, { outputTokens }) => sum + (outputTokens || 0), 0);
      expect(page.sum('fairlead_output_tokens_total')).toBe(tokens);
      const ttfts = given.filter((s) => s.isStreamed && !Number.isNaN(s.firstTokenUs));
      expect(page.sum('fairlead_time_to_first_token_seconds_count')).toBe(ttfts.length);
    });
    await fc.assert(property, { seed: 1, numRuns: 100 });
    const many = Array.from({ length: 3_000 }, (_, id) =>
      summaryWith({ model: `m${id}`, tenant: `t${id}`, outcome: 'rejected', errorCode: `e${id}` }),
    );
    const page = await served(many);
    expect(page.labels('model')).toEqual(['other']);
    expect(page.labels('tenant')).toEqual(['other']);
    expect(page.labels('reason').length).toBe(51);
    expect(page.sum('fairlead_rejections_total')).toBe(3_000);
  });

  test('have the first hundred names of the configuration, which stay', async () => {
    const metrics = metricsWith({}, { names: { tenants: ['x'], models: [] } });
    const later = Array.from({ length: 150 }, (_, id) => `t${id}`);
    metrics.know({ tenants: later, models: ['m'] });
    for (const tenant of ['x', ...later]) metrics.requestEnded(summaryWith({ tenant, model: 'm' }));
    const page = exposition(await metrics.text());
    expect(page.labels('tenant').sort()).toEqual(['x', 'other', ...later.slice(0, 99)].sort());
    expect(page.value('fairlead_tenant_requests_total{tenant="other",outcome="ok"}')).toBe(51);
    expect(page.labels('model')).toEqual(['m']);
  });
});

describe('replicas', () => {
  test('stand as the snapshot has it, and what they have not said is absent', async () => {
    const silent = { sampledAtUs: Number.NaN, waiting: Number.NaN, running: Number.NaN };
    const page = exposition(
      await metricsWith({
        replicas: [
          replica(),
          replica({ name: 'b', isEjected: true, reported: { ...silent, kvUsage: Number.NaN } }),
          replica({ name: 'c', isInPool: false }),
          replica({ name: 'd', isDown: true }),
        ],
      }).text(),
    );
    const all = (name: string) =>
      ['a', 'b', 'c', 'd'].map((r) => page.value(`${name}{replica="${r}"}`));
    expect(all('fairlead_replica_up')).toEqual([1, 0, 0, 0]);
    expect(all('fairlead_replica_ejected')).toEqual([0, 1, 0, 0]);
    expect(all('fairlead_replica_draining')).toEqual([0, 0, 1, 0]);
    expect(all('fairlead_replica_in_flight')).toEqual([3, 3, 3, 3]);
    expect(all('fairlead_replica_awaiting_first_token')).toEqual([1, 1, 1, 1]);
    expect(all('fairlead_replica_signal_age_seconds')).toEqual([0.5, undefined, 0.5, 0.5]);
    expect(all('fairlead_replica_reported_waiting')).toEqual([2, undefined, 2, 2]);
    expect(all('fairlead_replica_reported_running')).toEqual([5, undefined, 5, 5]);
    expect(all('fairlead_replica_reported_kv_usage_ratio')).toEqual([0.25, undefined, 0.25, 0.25]);
    expect(page.value('fairlead_queue_length')).toBe(4);
    expect(page.value('fairlead_open_connections')).toBe(6);
    expect(page.value('fairlead_open_streams')).toBe(5);
    expect(page.value('fairlead_access_log_lost_lines_total')).toBe(2);
  });

  test('are counted by name, and forgotten when they are gone', async () => {
    let replicas = [replica(), replica({ name: 'b' })];
    let nowUs = 10_000_000;
    const rest = { queueLength: 0, openConnections: 0, openStreams: 0, lostLogLines: 0 };
    const metrics = metricsWith({}, { snapshot: () => ({ nowUs, replicas, ...rest }) });
    for (const reason of ['first', 'first', 'retry'] as const)
      metrics.dispatched('a', reason, nowUs);
    metrics.dispatched('b', 'hedge', nowUs);
    metrics.attemptEnded('a', 'broken');
    metrics.ejected('a');
    metrics.scrapeFailed('b');
    let page = exposition(await metrics.text());
    expect(page.value('fairlead_decisions_total{replica="a",reason="first"}')).toBe(2);
    expect(page.value('fairlead_decisions_total{replica="a",reason="retry"}')).toBe(1);
    expect(page.value('fairlead_decisions_total{replica="b",reason="hedge"}')).toBe(1);
    expect(page.value('fairlead_replica_attempts_total{replica="a",outcome="broken"}')).toBe(1);
    expect(page.value('fairlead_replica_ejections_total{replica="a"}')).toBe(1);
    expect(page.value('fairlead_replica_ejections_total{replica="b"}')).toBe(0);
    expect(page.value('fairlead_replica_scrape_errors_total{replica="b"}')).toBe(1);
    expect(page.value('fairlead_replica_request_share{replica="a"}')).toBe(0.75);
    nowUs += 60_000_000;
    page = exposition(await metrics.text());
    expect(page.value('fairlead_replica_request_share{replica="a"}')).toBe(0);
    replicas = [replica({ name: 'b' })];
    expect(exposition(await metrics.text()).labels('replica')).toEqual(['b']);
  });
});

test('the page has every family, each with its kind and labels, and nothing else', async () => {
  const metrics = metricsWith();
  metrics.requestEnded(summaryWith());
  metrics.requestEnded(summaryWith({ outcome: 'rejected', errorCode: 'queue_full' }));
  metrics.dispatched('a', 'first', 0);
  metrics.attemptEnded('a', 'ok');
  const page = exposition(await metrics.text());
  expect([...page.kinds.keys()].sort()).toEqual(Object.keys(metricFamilies).sort());
  for (const [name, family] of Object.entries<MetricFamily>(metricFamilies)) {
    expect(page.kinds.get(name)).toBe(family.kind);
    const own = family.kind === 'histogram' ? [...family.labels, 'le'] : family.labels;
    expect(page.labelNames(name), name).toEqual([...own].sort());
  }
});

const odd = ['a"b', 'back\\slash', 'line\nfeed', 'Ünïcode', '{}', '# HELP x'];

async function oddPage(ofProcess: boolean): Promise<string> {
  const known = { tenants: odd, models: odd };
  const replicas = odd.map((name) => replica({ name }));
  const metrics = metricsWith({ replicas }, { names: known, ofProcess });
  for (const name of odd) {
    metrics.requestEnded(summaryWith({ tenant: name, model: name, tier: name }));
    metrics.requestEnded(summaryWith({ outcome: 'rejected', errorCode: name }));
    metrics.dispatched(name, 'queued', 9_000_000);
    metrics.attemptEnded(name, 'failed');
  }
  return metrics.text();
}

test('odd names are escaped', async () => {
  const page = exposition(await oddPage(false));
  for (const label of ['tenant', 'replica']) expect(page.labels(label)).toContain('a"b');
  expect(
    page
      .labels('tenant')
      .filter((name) => name !== 'acme' && name !== 'other')
      .sort(),
  ).toEqual([...odd].sort());
});

test('figures of the process come with it, but for those that walk over all sockets', async () => {
  const page = exposition(await oddPage(true));
  const others = [...page.kinds.keys()].filter((name) => !name.startsWith('fairlead_'));
  expect(others).toContain('process_resident_memory_bytes');
  expect(others).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(others.filter((name) => !/^(process|nodejs)_/.test(name))).toEqual([]);
  expect(others.filter((name) => /open_fds|active_/.test(name))).toEqual([]);
});

// Exit code 1 is that Prometheus could not read the page; 3 is that it would name something else.
testWith('promtool')('Prometheus reads the page', async () => {
  const check = (input: string) =>
    spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  const own = check(await oddPage(false));
  expect([own.stdout, own.stderr, own.status]).toEqual(['', '', 0]);
  const withProcess = check(await oddPage(true));
  const complaints = withProcess.stderr
    .split('\n')
    .filter((line) => !/^(nodejs|process)_|^$/.test(line));
  expect(complaints).toEqual([]);
  expect([0, 3]).toContain(withProcess.status);
});
