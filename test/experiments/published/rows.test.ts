import { describe, expect, test } from 'vitest';
import { balancedGroupsRows } from '../../../experiments/published/balanced-groups.ts';
import { overloadRows } from '../../../experiments/published/overload.ts';
import { prefixSharingRows } from '../../../experiments/published/prefix-sharing.ts';
import { compared, inOrder } from '../../../experiments/published/published-row.ts';
import { publishedScenarios } from '../../../experiments/published/read-scenario.ts';
import { vocabulary } from '../../support/scenarios.ts';

const scenarios = publishedScenarios(vocabulary);
const source = 'a test';

describe('a published figure', () => {
  test('is met within the limit on either side', () => {
    const about = { name: 'ratio', source, published: 2, limit: 30 };
    const ok = [1.39, 1.41, 2, 2.59, 2.61].map((measured) => compared({ ...about, measured }).ok);
    expect(ok).toEqual([false, true, true, true, false]);
  });

  test('of which only the order is known is met by any difference the right way', () => {
    const about = { name: 'order', source };
    expect(inOrder({ ...about, more: 1.01, less: 1 })).toMatchObject({ ok: true, value: 0 });
    expect(inOrder({ ...about, more: 1, less: 1.5 })).toMatchObject({ ok: false, value: 50 });
  });
});

describe('what others have published', () => {
  test('of sharing, balanced groups and overload comes out', () => {
    const rows = [prefixSharingRows, balancedGroupsRows, overloadRows].flatMap((judge) =>
      judge(scenarios),
    );
    expect(rows.filter(({ ok }) => !ok)).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
  }, 120_000);

  test('does not come out where nothing is shared', () => {
    const rows = prefixSharingRows((name) =>
      scenarios(name === 'sharing-high' ? 'sharing-low' : name),
    );
    const shared = rows.filter(({ name }) => name.includes('much shared'));
    expect(shared.filter(({ ok }) => !ok).length).toBeGreaterThan(2);
  }, 120_000);
});
