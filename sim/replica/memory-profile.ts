/** How versions of vLLM differ in the memory they take beside weights and KV cache. */
export interface MemoryProfile {
  /** The default of the option. */
  readonly gpuMemoryUtilization: number;
  /** Copies of the logits of `maxNumSeqs` sequences, in 32 bits, that sampling them takes. */
  readonly logitsCopies: number;
  /** Whether an estimate for CUDA graphs comes out of the share, or they are taken beside it. */
  readonly chargesCudaGraphs: boolean;
}

/**
 * Up to about 0.15 the warm-up of the sampler sorts all logits: what llm-d published of vLLM 0.11
 * on an H100 has 4.8 to 7.4 GiB of it at 1024 sequences, in proportion to the vocabulary.
 */
export const memoryProfiles = {
  'vllm-0.15': { gpuMemoryUtilization: 0.9, logitsCopies: 8.4, chargesCudaGraphs: false },
  'vllm-0.19': { gpuMemoryUtilization: 0.9, logitsCopies: 3, chargesCudaGraphs: false },
  'vllm-0.30': { gpuMemoryUtilization: 0.92, logitsCopies: 3, chargesCudaGraphs: true },
} as const satisfies Record<string, MemoryProfile>;

/** The version that step times and scheduling are modelled on. */
export const defaultMemoryProfile: MemoryProfile = memoryProfiles['vllm-0.19'];
