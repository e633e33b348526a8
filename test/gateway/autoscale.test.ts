import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Autoscaler } from '../../gateway/autoscale/autoscaler.ts';
import { LoadTarget } from '../../gateway/autoscale/load-target.ts';
import { QueueDepth } from '../../gateway/autoscale/queue-depth.ts';
import { RateTrend } from '../../gateway/autoscale/rate-trend.ts';
import type { FleetLoad } from '../../gateway/autoscale/scaling-rule.ts';

function load(given: Partial<FleetLoad>): FleetLoad {
  return { waiting: 0, kvUsage: Number.NaN, ttftUs: Number.NaN, arrivals: 0, ...given };
}

describe('the depth of the queue', () => {
  const classic = { above: 5, aboveForUs: 60e6, idleForUs: 600e6 };

  test('asks for one more after every minute above five, and one less after ten of none', () => {
    const rule = new QueueDepth(classic);
    const steps: string[] = [];
    let size = 10;
    for (let second = 0; second < 3_600; second += 5) {
      const waiting = second < 200 ? 6 : second < 400 ? 5 : second === 900 ? 1 : 0;
      const wanted = rule.wanted(load({ waiting }), size, second * 1e6);
      if (wanted !== size) steps.push(`${wanted} at ${second}`);
      size = wanted;
    }
    expect(steps.slice(0, 3)).toEqual(['11 at 60', '12 at 120', '13 at 180']);
    expect(steps.slice(3)).toEqual(['12 at 1505', '11 at 2105', '10 at 2705', '9 at 3305']);
  });

  test('still asks at the end of a cool-down for what it asked for during it', () => {
    const limits = { least: 1, most: 9, mostAtOnce: 4, coolDownUpUs: 90e6, coolDownDownUs: 900e6 };
    const scaler = new Autoscaler(limits, new QueueDepth(classic));
    const steps: string[] = [];
    let serving = 2;
    for (let second = 0; second < 2_000; second += 15) {
      const waiting = second < 300 ? 6 : 0;
      const size = { serving, booting: 0, off: 9 - serving };
      const step = scaler.look(load({ waiting }), size, second * 1e6);
      if (step.kind === 'none') continue;
      serving += step.kind === 'add' ? step.count : -step.count;
      steps.push(`${serving} at ${second}`);
    }
    expect(steps).toEqual(['3 at 60', '4 at 150', '5 at 240', '4 at 1140']);
  });
});

describe('a target', () => {
  const policy = {
    ...{ signal: 'kvUsage' as const, target: 0.5, tolerance: 0.1 },
    ...{ stableForUs: 300e6, avoidForUs: 0 },
  } as const;

  test('is met by as many as share the load evenly', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0.56, max: 1, noNaN: true }),
      (size, kvUsage) => {
        const wanted = new LoadTarget(policy).wanted(load({ kvUsage }), size, 0);
        expect((kvUsage * size) / wanted).toBeLessThanOrEqual(0.5 + 1e-9);
        expect((kvUsage * size) / (wanted - 1)).toBeGreaterThan(0.5 - 1e-9);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('changes nothing when it is nearly met, or when nobody has said anything', () => {
    for (const kvUsage of [0.46, 0.5, 0.54, Number.NaN]) {
      expect(new LoadTarget(policy).wanted(load({ kvUsage }), 7, 0)).toBe(7);
    }
  });

  test('makes a fleet smaller only when it was too large all the time', () => {
    const rule = new LoadTarget(policy);
    expect(rule.wanted(load({ kvUsage: 0.5 }), 10, 0)).toBe(10);
    expect(rule.wanted(load({ kvUsage: 0.1 }), 10, 100e6)).toBe(10);
    expect(rule.wanted(load({ kvUsage: 0.3 }), 10, 200e6)).toBe(10);
    expect(rule.wanted(load({ kvUsage: 0.1 }), 10, 310e6)).toBe(9);
  });

  test('makes a fleet smaller by one, and not to what was too small of late', () => {
    const times = { stableForUs: 20e6, avoidForUs: 600e6 };
    const rule = new LoadTarget({ signal: 'ttftUs', target: 1e6, tolerance: 0.1, ...times });
    const wanted = (ttftS: number, size: number, atS: number) =>
      rule.wanted(load({ ttftUs: ttftS * 1e6 }), size, atS * 1e6);
    expect(wanted(3, 2, 0)).toBe(6);
    // What is still slow then is the backlog of two.
    expect(wanted(2, 6, 10)).toBe(12);
    expect([wanted(0.1, 6, 40), wanted(0.1, 4, 80), wanted(0.1, 3, 120)]).toEqual([5, 3, 3]);
    expect([wanted(0.1, 3, 599), wanted(0.1, 3, 600)]).toEqual([3, 2]);
  });
});

describe('the trend of the rate', () => {
  const policy = {
    replicaRps: 10,
    utilisation: 0.5,
    windowUs: 120e6,
    aheadUs: 180e6,
    stableForUs: 0,
  };

  /** At the end of ten minutes, of a rate that is looked at every ten seconds. */
  function wantedOf(rpsAt: (second: number) => number): number {
    const rule = new RateTrend(policy);
    let wanted = 1;
    for (let second = 0; second <= 600; second += 10) {
      wanted = rule.wanted(load({ arrivals: 10 * rpsAt(second - 5) }), wanted, second * 1e6);
    }
    return wanted;
  }

  test('sees a ramp as it will be when a new replica could serve', () => {
    expect(wantedOf(() => 49)).toBe(10);
    // 60 a second now, and 18 more in three minutes; 5 for each replica.
    expect(wantedOf((second) => second / 10 - 1)).toBe(Math.ceil((59 + 18) / 5));
  });

  test('does not count on less than there is now', () => {
    expect(wantedOf((second) => 109 - second / 10)).toBe(Math.ceil(49 / 5));
  });

  test('needs no more than two looks within its window, beside the present one', () => {
    const rule = new RateTrend({ ...policy, windowUs: 20e6 });
    const wanted = [0, 10, 20].map((second) => {
      return rule.wanted(load({ arrivals: 500 }), 1, second * 1e6);
    });
    expect(wanted).toEqual([1, 1, 10]);
  });

  test('says nothing after one look', () => {
    expect(new RateTrend(policy).wanted(load({ arrivals: 1e6 }), 3, 0)).toBe(3);
  });
});

describe('an autoscaler', () => {
  const policy = {
    ...{ least: 2, most: 6, mostAtOnce: 2 },
    ...{ coolDownUpUs: 60e6, coolDownDownUs: 300e6 },
  };
  const looks = fc.array(
    fc.record({ afterS: fc.integer({ min: 1, max: 90 }), wanted: fc.nat(9) }),
    {
      maxLength: 80,
    },
  );

  test('stays within its limits, and takes its time between two steps', () => {
    const counts = { add: 0, drain: 0 };
    const property = fc.property(looks, fc.integer({ min: 0, max: 6 }), (list, start) => {
      let wanted = start;
      const scaler = new Autoscaler(policy, { wanted: () => wanted });
      let [serving, nowUs] = [start, 0];
      let [addedUs, changedUs] = [-1e12, -1e12];
      let booting: { readonly readyUs: number }[] = [];
      for (const look of list) {
        nowUs += look.afterS * 1e6;
        wanted = look.wanted;
        const ready = booting.filter(({ readyUs }) => readyUs <= nowUs);
        serving += ready.length;
        booting = booting.filter(({ readyUs }) => readyUs > nowUs);
        const size = serving + booting.length;
        const parts = { serving, booting: booting.length, off: 6 - size };
        const step = scaler.look(load({}), parts, nowUs);
        if (step.kind === 'none') continue;
        counts[step.kind] += 1;
        expect(step.count).toBeGreaterThan(0);
        expect(step.count).toBeLessThanOrEqual(2);
        if (step.kind === 'add') {
          expect(size + step.count).toBeLessThanOrEqual(6);
          expect(nowUs - addedUs >= 60e6 || size < 2).toBe(true);
          addedUs = nowUs;
          for (let i = 0; i < step.count; i++) booting.push({ readyUs: nowUs + 120e6 });
        } else {
          expect(size - step.count).toBeGreaterThanOrEqual(2);
          expect(nowUs - changedUs).toBeGreaterThanOrEqual(300e6);
          expect(booting).toEqual([]);
          serving -= step.count;
        }
        changedUs = nowUs;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
    expect(counts.add).toBeGreaterThan(500);
    expect(counts.drain).toBeGreaterThan(500);
  });

  test('takes no time off for what it could not do, because all machines were draining', () => {
    const scaler = new Autoscaler(policy, { wanted: () => 4 });
    const look = (off: number, atS: number) =>
      scaler.look(load({}), { serving: 2, booting: 0, off }, atS * 1e6);
    expect([look(0, 0), look(1, 10)]).toEqual([{ kind: 'none' }, { kind: 'add', count: 1 }]);
  });
});
