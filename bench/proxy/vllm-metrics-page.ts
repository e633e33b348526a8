export interface VllmFigures {
  readonly waiting: number;
  readonly running: number;
  readonly kvUsage: number;
}

/**
 * The metrics page of a vLLM server with so many engines behind it, as prometheus_client writes it:
 * 30 KB for one of them.
 */
export function vllmMetricsPage(engines: readonly VllmFigures[]): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  const each = (name: string, labels: string, value: (engine: VllmFigures) => number): void => {
    for (const [index, engine] of engines.entries()) {
      const all = `engine="${index}",${labels}model_name="Llama-3.1-8B"`;
      lines.push(`${name}{${all}} ${python(value(engine))}`);
    }
  };
  processFamilies(lines);
  const gauge = (name: string, help: string, value: (engine: VllmFigures) => number): void => {
    family(name, 'gauge', help);
    each(name, '', value);
  };
  gauge(
    'vllm:num_requests_running',
    'Number of requests in model execution batches.',
    ({ running }) => running,
  );
  gauge(
    'vllm:num_requests_waiting',
    'Number of requests waiting to be processed.',
    ({ waiting }) => waiting,
  );
  family('vllm:num_requests_waiting_by_reason', 'gauge', 'Waiting requests by reason.');
  for (const reason of ['capacity', 'deferred']) {
    each('vllm:num_requests_waiting_by_reason', `reason="${reason}",`, ({ waiting }) => waiting);
  }
  gauge(
    'vllm:kv_cache_usage_perc',
    'KV-cache usage. 1 means 100 percent usage.',
    ({ kvUsage }) => kvUsage,
  );
  for (const name of counters) {
    family(`vllm:${name}`, 'counter', `Cumulative number of ${name.replaceAll('_', ' ')}.`);
    each(`vllm:${name}_total`, '', ({ running }) => running * 104_729);
    each(`vllm:${name}_created`, '', () => 1.7842133e9);
  }
  for (const [name, bounds] of histograms) {
    family(`vllm:${name}`, 'histogram', `Histogram of ${name.replaceAll('_', ' ')}.`);
    for (const [index, bound] of [...bounds, '+Inf'].entries()) {
      each(`vllm:${name}_bucket`, `le="${bound}",`, ({ running }) => running * index * 977);
    }
    each(`vllm:${name}_count`, '', ({ running }) => running * 20_000);
    each(`vllm:${name}_sum`, '', ({ running }) => running * 12_345.678901);
  }
  return `${lines.join('\n')}\n`;
}

function processFamilies(lines: string[]): void {
  for (const name of ['virtual_memory_bytes', 'resident_memory_bytes', 'open_fds']) {
    lines.push(`# HELP process_${name} Of this process.`, `# TYPE process_${name} gauge`);
    lines.push(`process_${name} 1.2345678e+10`);
  }
  lines.push('# HELP http_requests_total Total number of requests by method, status and handler.');
  lines.push('# TYPE http_requests_total counter');
  for (const handler of ['/v1/chat/completions', '/v1/completions', '/health', '/v1/models']) {
    lines.push(`http_requests_total{handler="${handler}",method="POST",status="2xx"} 123456.0`);
  }
}

const counters = [
  'num_preemptions',
  'prompt_tokens',
  'generation_tokens',
  'prefix_cache_queries',
  'prefix_cache_hits',
  'external_prefix_cache_queries',
  'external_prefix_cache_hits',
  'mm_cache_queries',
  'mm_cache_hits',
];

const shortTimes = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];
const tokenTimes = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5];
const longTimes = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480];
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];

const histograms: readonly (readonly [string, readonly number[]])[] = [
  ['iteration_tokens_total', sizes],
  ['time_to_first_token_seconds', [...shortTimes, 7.5, 10, 20, 40, 80, 160, 640, 2_560]],
  ['inter_token_latency_seconds', [...tokenTimes, 10, 20, 40, 80]],
  ['request_time_per_output_token_seconds', [...tokenTimes, 10, 20, 40, 80]],
  ['e2e_request_latency_seconds', [...longTimes, 960, 1_920, 7_680]],
  ['request_queue_time_seconds', [...longTimes, 960, 1_920, 7_680]],
  ['request_inference_time_seconds', [...longTimes, 960, 1_920, 7_680]],
  ['request_prefill_time_seconds', [...longTimes, 960, 1_920, 7_680]],
  ['request_decode_time_seconds', [...longTimes, 960, 1_920, 7_680]],
  ['request_prompt_tokens', sizes],
  ['request_generation_tokens', sizes],
  ['request_max_num_generation_tokens', sizes],
  ['request_params_max_tokens', sizes],
  ['request_params_n', [1, 2, 5, 10, 20]],
];

/** A float as Python prints it. */
function python(value: number): string {
  if (Number.isInteger(value) && value < 1e16) return `${value}.0`;
  return String(value)
    .replace(/e\+?(-?)(\d)$/, 'e$1 0$2')
    .replace(' ', '');
}
