/** Upper bounds of vLLM's histograms (`vllm/v1/metrics/loggers.py`). */
export const firstTokenBounds = [
  ...[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  ...[20, 40, 80, 160, 640, 2_560],
];

export const gapBounds = [
  ...[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  ...[20, 40, 80],
];

export const requestBounds = [
  ...[0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960],
  ...[1_920, 7_680],
];

export const choiceBounds = [1, 2, 5, 10, 20];

/** 1, 2, 5, 10, … as far as the longest sequence. */
export function lengthBounds(maxModelLen: number): number[] {
  const bounds: number[] = [];
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) {
      if (digit * power > maxModelLen) return bounds;
      bounds.push(digit * power);
    }
  }
}
