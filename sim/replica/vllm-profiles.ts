/** What differs between versions of vLLM, as far as a simulation can tell. */
export interface VllmProfile {
  /** Admission needs free blocks for the whole input, not only for its first chunk. */
  readonly reserveFullIsl: boolean;
  /** Two steps are in flight: the next is scheduled before the outputs of the last are read. */
  readonly asyncScheduling: boolean;
  readonly gpuMemoryUtilization: number;
  /** Freed blocks that no prefix can hit are the first to be used again. */
  readonly freeUnhashedToFront: boolean;
  /** When the counters of prefix-cache queries and hits move. */
  readonly prefixQueriesCount: 'onAdmission' | 'everyAttempt';
}

/** Read off the sources of these versions; what lies between two presets is set by options. */
export const vllmProfiles = {
  'vllm-0.15': {
    reserveFullIsl: false,
    asyncScheduling: true,
    gpuMemoryUtilization: 0.9,
    freeUnhashedToFront: false,
    prefixQueriesCount: 'everyAttempt',
  },
  'vllm-0.19': {
    reserveFullIsl: true,
    asyncScheduling: true,
    gpuMemoryUtilization: 0.9,
    freeUnhashedToFront: false,
    prefixQueriesCount: 'onAdmission',
  },
  'vllm-0.30': {
    reserveFullIsl: true,
    asyncScheduling: true,
    gpuMemoryUtilization: 0.92,
    freeUnhashedToFront: true,
    prefixQueriesCount: 'onAdmission',
  },
} as const satisfies Record<string, VllmProfile>;
