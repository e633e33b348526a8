/** How an engine says on its metrics page what it has to do. */
export interface Engine {
  readonly name: string;
  /** Of several names, the first that is there: an engine gives its newest first. */
  readonly waiting: readonly Gauge[];
  readonly running: readonly Gauge[];
  /** Share of the KV cache in use, from 0 to 1. */
  readonly kvUsage: readonly Gauge[];
}

/** A gauge by its name, or only those of its series that have a label. */
export interface Gauge {
  readonly name: string;
  readonly label?: { readonly name: string; readonly value: string };
}

/** An engine more is an entry more. */
export const engines: readonly Engine[] = [
  {
    name: 'vLLM',
    waiting: [{ name: 'vllm:num_requests_waiting' }],
    running: [{ name: 'vllm:num_requests_running' }],
    // V0 had another name; versions between the two have both.
    kvUsage: [{ name: 'vllm:kv_cache_usage_perc' }, { name: 'vllm:gpu_cache_usage_perc' }],
  },
  {
    name: 'SGLang',
    waiting: [{ name: 'sglang:num_queue_reqs' }],
    running: [{ name: 'sglang:num_running_reqs' }],
    kvUsage: [{ name: 'sglang:token_usage' }],
  },
  {
    name: 'TensorRT-LLM',
    waiting: [{ name: 'trtllm_num_requests_waiting' }],
    running: [{ name: 'trtllm_num_requests_running' }],
    kvUsage: [{ name: 'trtllm_kv_cache_utilization' }],
  },
  {
    name: 'TensorRT-LLM in Triton',
    waiting: [tritonRequests('waiting')],
    running: [tritonRequests('scheduled')],
    kvUsage: [
      {
        name: 'nv_trt_llm_kv_cache_block_metrics',
        label: { name: 'kv_cache_block_type', value: 'fraction' },
      },
    ],
  },
  {
    name: 'llama.cpp',
    waiting: [{ name: 'llamacpp:requests_deferred' }],
    running: [{ name: 'llamacpp:requests_processing' }],
    // Gone from newer versions, which say nothing of their cache.
    kvUsage: [{ name: 'llamacpp:kv_cache_usage_ratio' }],
  },
];

function tritonRequests(value: string): Gauge {
  return { name: 'nv_trt_llm_request_metrics', label: { name: 'request_type', value } };
}
