/** What `/v1/models` answers, with all that an engine adds to it. */
export interface ModelList {
  readonly data: readonly ModelEntry[];
  readonly [field: string]: unknown;
}

export interface ModelEntry {
  readonly id: string;
  readonly [field: string]: unknown;
}

/**
 * The models of all replicas as one list, in the order in which they are first met. Of one that
 * several replicas serve, the first to give a field is believed: vLLM makes `created` anew for each
 * answer, and a client must not see it jump.
 */
export function mergeModels(lists: readonly ModelList[]): ModelList {
  const models = new Map<string, ModelEntry>();
  for (const { data } of lists) {
    for (const model of data) models.set(model.id, withMissing(models.get(model.id), model));
  }
  const { data: _, ...fields } = lists.reduce(withMissing, { object: 'list', data: [] });
  return { ...fields, data: [...models.values()] };
}

/** The fields of the first in their order, then those that only the second has. */
function withMissing<T extends object>(first: T | undefined, second: T): T {
  return { ...first, ...second, ...first };
}
