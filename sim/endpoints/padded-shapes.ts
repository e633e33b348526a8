import type { StepShape } from '../step-time/step-time.ts';

/**
 * Brings the steps of engines that step together to as many tokens as the largest of them has.
 * Padding reads no cache; it decodes where all decode, which is what runs as a CUDA graph.
 */
export function padShapes(shapes: readonly StepShape[]): readonly StepShape[] {
  const most = Math.max(...shapes.map(tokensOf));
  const hasPrompts = shapes.some(({ prefillTokens }) => prefillTokens > 0);
  for (const shape of shapes) {
    const padding = most - tokensOf(shape);
    if (hasPrompts) shape.prefillTokens += padding;
    else shape.decodeSeqs += padding;
  }
  return shapes;
}

function tokensOf({ decodeSeqs, prefillTokens }: StepShape): number {
  return decodeSeqs + prefillTokens;
}
