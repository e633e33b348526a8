/**
 * What the proxy tells Prometheus, besides the usual figures of a process of Node. Names and labels
 * never change their meaning. No label has values of a client's choice: see `BoundedNames`.
 */
export const metricFamilies = {
  fairlead_requests_total: {
    kind: 'counter',
    labels: ['tier', 'model', 'outcome', 'status'],
    help: 'Requests that have their outcome; the status is a class such as 2xx.',
  },
  fairlead_prompt_tokens_total: {
    kind: 'counter',
    labels: ['tier', 'model'],
    help: 'Tokens of prompts that a replica has seen; estimated where it did not say.',
  },
  fairlead_cached_tokens_total: {
    kind: 'counter',
    labels: ['tier', 'model'],
    help: 'Of these, tokens found in a prefix cache, as far as replicas say.',
  },
  fairlead_output_tokens_total: {
    kind: 'counter',
    labels: ['tier', 'model'],
    help: 'Tokens of answers, as far as replicas say.',
  },
  fairlead_tenant_requests_total: {
    kind: 'counter',
    labels: ['tenant', 'outcome'],
    help: 'Requests by tenant; those beyond the first 100 configured are other.',
  },
  fairlead_tenant_tokens_total: {
    kind: 'counter',
    labels: ['tenant'],
    help: 'Tokens of prompts and answers, by tenant.',
  },
  fairlead_rejections_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'Requests turned away before any replica saw them, by the code of the answer.',
  },
  fairlead_broken_streams_total: {
    kind: 'counter',
    labels: [],
    help: 'Answers that failed after their first byte had gone to the client.',
  },
  fairlead_time_to_first_token_seconds: {
    kind: 'histogram',
    labels: ['tier'],
    help: 'From the arrival until the first of a streamed answer.',
    bucketsS: [
      ...[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75],
      ...[1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2_560],
    ],
  },
  fairlead_time_per_output_token_seconds: {
    kind: 'histogram',
    labels: ['tier'],
    help: 'Mean time between the tokens of a complete streamed answer after its first.',
    bucketsS: [
      ...[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75],
      ...[1, 2.5, 5, 7.5, 10, 20, 40, 80],
    ],
  },
  fairlead_e2e_request_latency_seconds: {
    kind: 'histogram',
    labels: ['tier'],
    help: 'From the arrival until the end of a complete answer, streamed or not.',
    bucketsS: [
      ...[0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60],
      ...[120, 240, 480, 960, 1_920, 7_680],
    ],
  },
  fairlead_queue_time_seconds: {
    kind: 'histogram',
    labels: ['tier'],
    help: 'From the arrival until a replica was given the request, of those sent only once.',
    bucketsS: [
      ...[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
      ...[1, 2.5, 5, 10, 20, 40, 80],
    ],
  },
  fairlead_overhead_seconds: {
    kind: 'histogram',
    labels: [],
    help: 'What the proxy itself took until a request was on its way, without waiting.',
    bucketsS: [
      ...[0.00005, 0.0001, 0.00015, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002],
      ...[0.003, 0.005, 0.01, 0.025, 0.05, 0.1],
    ],
  },
  fairlead_decisions_total: {
    kind: 'counter',
    labels: ['replica', 'reason'],
    help: 'Requests given to a replica: first, queued (it had waited), retry or hedge.',
  },
  fairlead_replica_attempts_total: {
    kind: 'counter',
    labels: ['replica', 'outcome'],
    help: 'Attempts that ended; failed is before the first byte, broken after it.',
  },
  fairlead_replica_ejections_total: {
    kind: 'counter',
    labels: ['replica'],
    help: 'Times it was taken out because its requests failed.',
  },
  fairlead_replica_scrape_errors_total: {
    kind: 'counter',
    labels: ['replica'],
    help: 'Times its metrics were asked for in vain.',
  },
  fairlead_replica_in_flight: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Requests sent there that have not ended.',
  },
  fairlead_replica_awaiting_first_token: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Of these, requests of which nothing has come back yet.',
  },
  fairlead_replica_weight: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'The share of the traffic it is meant to get, relative to the others.',
  },
  fairlead_replica_request_share: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'The share of the requests of the last minute it was given, retries among them.',
  },
  fairlead_replica_up: {
    kind: 'gauge',
    labels: ['replica'],
    help: '1 where new requests may go: in the pool, healthy and not ejected.',
  },
  fairlead_replica_ejected: {
    kind: 'gauge',
    labels: ['replica'],
    help: '1 while it is left alone because its requests failed.',
  },
  fairlead_replica_draining: {
    kind: 'gauge',
    labels: ['replica'],
    help: '1 while it only finishes what it has.',
  },
  fairlead_replica_signal_age_seconds: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Since it last said how loaded it is; absent until it has.',
  },
  fairlead_replica_reported_waiting: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Requests waiting there, as it says.',
  },
  fairlead_replica_reported_running: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Requests running there, as it says.',
  },
  fairlead_replica_reported_kv_usage_ratio: {
    kind: 'gauge',
    labels: ['replica'],
    help: 'Share of its KV blocks in use, as it says.',
  },
  fairlead_queue_length: {
    kind: 'gauge',
    labels: [],
    help: 'Requests that wait in the gateway for a replica.',
  },
  fairlead_open_connections: {
    kind: 'gauge',
    labels: [],
    help: 'Connections of clients.',
  },
  fairlead_open_streams: {
    kind: 'gauge',
    labels: [],
    help: 'Streamed answers under way.',
  },
  fairlead_access_log_lost_lines_total: {
    kind: 'counter',
    labels: [],
    help: 'Lines of the access log that could not be written.',
  },
} as const satisfies Record<`fairlead_${string}`, MetricFamily>;

interface Family {
  readonly labels: readonly string[];
  readonly help: string;
}

export type MetricFamily =
  | (Family & { readonly kind: 'counter' | 'gauge' })
  | (Family & { readonly kind: 'histogram'; readonly bucketsS: readonly number[] });

export type MetricName = keyof typeof metricFamilies;

export type HistogramName = {
  [K in MetricName]: (typeof metricFamilies)[K]['kind'] extends 'histogram' ? K : never;
}[MetricName];
