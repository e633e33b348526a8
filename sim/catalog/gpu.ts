/** An accelerator as its data sheet has it, and as a driver reports its memory. */
export interface Gpu {
  readonly name: string;
  /** Dense bf16 rate. */
  readonly bf16Tflops: number;
  readonly bandwidthGBps: number;
  /** What the driver reports, which is not the number on the box. */
  readonly memoryBytes: number;
  /** To the other GPUs of the machine, per direction. */
  readonly linkGBps: number;
  readonly source: string;
}
