import type { Capacity } from '../load/capacity.ts';
import type { KnownCapacities } from '../load/resolve-load.ts';
import { type ContentStore, contentKey } from './content-store.ts';
import { simulatedPart } from './run-key.ts';

/** What a fleet can sustain takes as long to measure as some runs, and is kept like them. */
export function knownCapacities(store: ContentStore, code: string): KnownCapacities {
  return (scenario, mix, measure) => {
    const key = contentKey({ kind: 'capacity', code, scenario: simulatedPart(scenario), mix });
    const known = store.get(key) as Capacity | undefined;
    if (known !== undefined) return known;
    const capacity = measure();
    store.put(key, capacity);
    return capacity;
  };
}
