import { Draw } from './draw.ts';

export interface DrawnGroup {
  readonly name: string;
  readonly gpu: string;
  readonly replicas: number;
  readonly engine: Readonly<Record<string, unknown>>;
  readonly disaggregation?: Readonly<Record<string, number>>;
}

/** Up to six replicas in up to three groups; engines with few slots, tiny caches and long steps. */
export function drawFleet(seed: number): DrawnGroup[] {
  const draw = new Draw(seed, 'fleet');
  const groups = draw.one([1, 1, 2, 3]);
  return Array.from({ length: groups }, (_, index) => ({
    name: `g${index}`,
    gpu: 'A100-80GB-SXM',
    replicas: draw.between(1, groups === 1 ? 5 : 2),
    engine: drawEngine(draw),
    ...draw.maybe(0.08, 'disaggregation', () => ({ prefill: 1, decode: draw.between(1, 2) })),
  }));
}

function drawEngine(draw: Draw): Readonly<Record<string, unknown>> {
  const blockSize = draw.one([4, 16, 16]);
  const kvTokens = draw.between(258, 520);
  return {
    blockSize,
    numGpuBlocksOverride: Math.ceil(kvTokens / blockSize) + 1,
    maxModelLen: 256,
    maxNumSeqs: draw.between(1, 8),
    maxNumBatchedTokens: draw.between(12, 300),
    stepTime: { kind: 'fixed', stepMs: draw.one([3, 8, 8, 20]) },
    apiServer: { requestMs: draw.one([0, 0, 2]) },
    ...draw.maybe(0.2, 'asyncScheduling', () => draw.chance(0.5)),
    ...draw.maybe(0.2, 'enablePrefixCaching', () => false),
    ...draw.maybe(0.2, 'schedulingPolicy', () => 'priority'),
    ...draw.maybe(0.15, 'dataParallelSize', () => 2),
    ...draw.maybe(0.15, 'longPrefillTokenThreshold', () => draw.between(8, 64)),
    ...draw.maybe(0.15, 'watermark', () => draw.one([0.01, 0.2])),
    ...draw.maybe(0.15, 'vllmProfile', () => draw.one(['vllm-0.15', 'vllm-0.19'])),
    ...draw.maybe(0.1, 'reserveFullIsl', () => draw.chance(0.5)),
    ...draw.maybe(0.1, 'maxLoras', () => draw.between(0, 2)),
  };
}
