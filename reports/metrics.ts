/**
 * A run with fewer requests has no p99.9: of so many ten lie beyond it, and a thousand in the
 * slowest tenth, which is the tail it is the end of.
 */
export const requestsForP999 = 10_000;

const p999 = {
  unit: 'ms',
  better: 'lower',
  about: `The same for the slowest thousandth; none in a run of fewer than ${requestsForP999} that have one.`,
} as const;

/**
 * The figures a run is judged by. This table drives the summary, the scoreboard and the exports;
 * `docs/metrics.md` is generated from it.
 */
export const metrics = {
  ttftP50Ms: {
    label: 'TTFT p50',
    unit: 'ms',
    better: 'lower',
    about: 'Median time to first token, from the moment the schedule wanted the request sent.',
  },
  ttftP99Ms: {
    label: 'TTFT p99',
    unit: 'ms',
    better: 'lower',
    about: 'The same for the slowest hundredth of the requests.',
  },
  ttftP999Ms: { label: 'TTFT p99.9', ...p999 },
  tpotP99Ms: {
    label: 'TPOT p99',
    unit: 'ms',
    better: 'lower',
    about:
      'Time per output token after the first: (last - first token) / (tokens - 1), p99 over the ' +
      'requests with more than one token.',
  },
  tpotP999Ms: { label: 'TPOT p99.9', ...p999 },
  itlP99Ms: {
    label: 'ITL p99',
    unit: 'ms',
    better: 'lower',
    about: 'Gap between two tokens, all gaps of all requests pooled.',
  },
  stallP99Ms: {
    label: 'worst gap p99',
    unit: 'ms',
    better: 'lower',
    about: 'Longest gap of a request; preemption shows here and vanishes in TPOT.',
  },
  e2eP99Ms: {
    label: 'E2E p99',
    unit: 'ms',
    better: 'lower',
    about: 'From the intended send time to the end of the answer.',
  },
  e2eP999Ms: { label: 'E2E p99.9', ...p999 },
  jobP50Ms: {
    label: 'job p50',
    unit: 'ms',
    better: 'lower',
    about:
      'From the first request of a conversation, visit or task to its last answer, waits of users ' +
      'and tools included; of those that end within the run, with every request answered.',
  },
  jobP99Ms: {
    label: 'job p99',
    unit: 'ms',
    better: 'lower',
    about: 'The same for the slowest hundredth of them.',
  },
  attainmentShare: {
    label: 'within SLO',
    unit: '%',
    better: 'higher',
    about:
      'Share of the requests that keep every latency limit of the SLO; failed, late, rejected and ' +
      'truncated ones do not, and those whose user went away are not counted.',
  },
  goodputRps: {
    label: 'goodput',
    unit: 'req/s',
    better: 'higher',
    about: 'Requests per second that keep the SLO.',
  },
  outputTokensPerS: {
    label: 'tokens',
    unit: 'tok/s',
    better: 'higher',
    about: 'Tokens of the answers that ended inside the measured window, per second.',
  },
  imbalanceRatio: {
    label: 'imbalance',
    unit: '×',
    better: 'lower',
    about:
      'Tokens (prompt and answer) served by the busiest replica over the mean of all replicas.',
  },
  preemptionsPerRequest: {
    label: 'preemptions',
    unit: '/req',
    better: 'lower',
    about: 'Times an engine took the KV blocks of a request away, per request.',
  },
} as const satisfies Record<
  string,
  { label: string; unit: string; better: 'lower' | 'higher'; about: string }
>;

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];

/** What the terminal shows, what decides among it; the HTML report has them all. */
export function shownMetrics({ metric }: { readonly metric: MetricName }): readonly MetricName[] {
  return scoreboardMetrics.includes(metric) ? scoreboardMetrics : [metric, ...scoreboardMetrics];
}

const scoreboardMetrics: readonly MetricName[] = [
  'ttftP50Ms',
  'ttftP99Ms',
  'tpotP99Ms',
  'e2eP99Ms',
  'goodputRps',
  'outputTokensPerS',
  'imbalanceRatio',
];
