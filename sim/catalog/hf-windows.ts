import { type HfFields, invalid } from './hf-fields.ts';
import type { Model } from './model.ts';

interface Depth {
  readonly layers: number;
  readonly maxPositionEmbeddings: number;
}

/** Which layers keep a window only: told layer by layer, by a pattern, or by the family. */
export function hfSlidingWindow(
  fields: HfFields,
  { layers, maxPositionEmbeddings }: Depth,
): Model['slidingWindow'] {
  const windowed = windowedLayers(fields, layers);
  if (windowed === 0 || fields.isZero('sliding_window')) return undefined;
  const tokens = fields.countOrNone('sliding_window', 'attention_chunk_size');
  if (tokens === undefined) {
    if (fields.list('layer_types') === undefined) return undefined;
    throw invalid(fields.name, 'the field "sliding_window" is missing, but "layer_types" needs it');
  }
  return tokens < maxPositionEmbeddings ? { tokens, layers: windowed } : undefined;
}

function windowedLayers(fields: HfFields, layers: number): number {
  const types = fields.list('layer_types');
  if (types !== undefined) {
    const isWindowed = (type: unknown) =>
      type === 'sliding_attention' || type === 'chunked_attention';
    return types.filter(isWindowed).length;
  }
  const uses = fields.flag('use_sliding_window');
  if (uses === false) return 0;
  // The lowest layers of a Qwen see everything; by default all of them do.
  if (uses === true) {
    const full = fields.isZero('max_window_layers') ? 0 : fields.countOrNone('max_window_layers');
    return Math.max(0, layers - (full ?? 0));
  }
  if (fields.modelType.startsWith('qwen')) return 0;
  const pattern = fields.countOrNone('sliding_window_pattern', '_sliding_window_pattern');
  if (pattern !== undefined) return layers - Math.floor(layers / pattern);
  if (fields.modelType === 'gemma2') return Math.ceil(layers / 2);
  return fields.has('sliding_window') ? layers : 0;
}
