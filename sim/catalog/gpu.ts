/** An accelerator as its data sheet has it, and as its driver hands out its memory. */
export interface Gpu {
  readonly name: string;
  /** Dense 16-bit rate: of bf16, or of fp16 where `hasBf16` is false. */
  readonly bf16Tflops: number;
  /** False before Ampere; vLLM then runs bf16 models in fp16, which takes the same memory. */
  readonly hasBf16?: false;
  /** Dense fp8 rate; without one, fp8 weights are only stored as fp8 and computed in 16 bits. */
  readonly fp8Tflops?: number;
  readonly bandwidthGBps: number;
  /**
   * What CUDA or HIP reports as the total, which is not the number on the box, and on cards with
   * ECC also less than what `nvidia-smi` prints. vLLM takes its share of this figure.
   */
  readonly memoryBytes: number;
  /** How the GPUs of one machine reach each other. */
  readonly linkKind: 'nvlink' | 'pcie' | 'infinity-fabric';
  /** To the other GPUs of the machine, per direction. */
  readonly linkGBps: number;
  /**
   * What vLLM takes by default: FlashAttention 3 on Hopper, 2 on Ampere, Ada and the workstation
   * cards of Blackwell, and others elsewhere (`vllm/v1/attention/backends/`).
   */
  readonly attentionKernel: 'flash-attention-2' | 'flash-attention-3' | 'other';
  /** The power limit the card is sold with. */
  readonly tdpWatts: number;
  readonly source: string;
  /** What of the above is from memory and was not checked against a document. */
  readonly unverified?: string;
}
