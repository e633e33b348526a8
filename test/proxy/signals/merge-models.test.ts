import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ModelList, mergeModels } from '../../../proxy/signals/merge-models.ts';

test('models of several replicas are one list', () => {
  const merged = mergeModels([
    { object: 'list', data: [{ id: 'b', created: 20, max_model_len: 4 }] },
    {
      object: 'list',
      data: [
        { id: 'a', created: 10, owned_by: 'x' },
        { id: 'b', created: 5, max_model_len: 8, root: 'r' },
      ],
      has_more: false,
    },
    { object: 'list', data: [{ id: 'a', created: 11, owned_by: 'y' }] },
  ]);
  expect(JSON.stringify(merged)).toBe(
    JSON.stringify({
      object: 'list',
      has_more: false,
      data: [
        { id: 'b', created: 20, max_model_len: 4, root: 'r' },
        { id: 'a', created: 10, owned_by: 'x' },
      ],
    }),
  );
});

test('no replica is an empty list', () => {
  expect(mergeModels([])).toEqual({ object: 'list', data: [] });
});

const list: fc.Arbitrary<ModelList> = fc.record({
  object: fc.constant('list'),
  data: fc.array(
    fc.record(
      {
        id: fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'),
        created: fc.nat(9),
        permission: fc.constant([{ id: 1 }]),
      },
      { requiredKeys: ['id'] },
    ),
    { maxLength: 4 },
  ),
});

test('a list merged is each model once, in the order met, with the first of each field', () => {
  fc.assert(
    fc.property(fc.array(list, { maxLength: 4 }), (lists) => {
      const before = JSON.stringify(lists);
      const merged = mergeModels(lists);
      const all = lists.flatMap(({ data }) => data);
      expect(merged.data.map(({ id }) => id)).toEqual([...new Set(all.map(({ id }) => id))]);
      for (const model of merged.data) {
        const own = all.filter(({ id }) => id === model.id);
        for (const field of ['created', 'permission']) {
          expect(model[field]).toEqual(own.find((entry) => field in entry)?.[field]);
        }
      }
      // It is as if all had been merged before, and nobody's list is changed.
      expect(mergeModels([merged, ...lists])).toEqual(merged);
      expect(JSON.stringify(lists)).toBe(before);
    }),
    { seed: 10, numRuns: 500 },
  );
});
