import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepTimeModel } from '../../../sim/step-time/step-time.ts';
import { FailureStreak } from '../../../sim/twin/failure-streak.ts';
import { LearnedPace } from '../../../sim/twin/learned-pace.ts';
import { RecentWork } from '../../../sim/twin/recent-work.ts';
import { StepCosts } from '../../../sim/twin/step-costs.ts';
import { Strangers } from '../../../sim/twin/strangers.ts';
import { plainStepTime, plainTwin } from '../../support/twins.ts';
import { nothingReported, replicaView } from '../../support/views.ts';

describe('the learned pace', () => {
  test('stays at one while forecasts are off by less than a quarter', () => {
    const noise = fc.array(fc.double({ min: 0.8, max: 1.25, noNaN: true }), { maxLength: 300 });
    const property = fc.property(noise, (ratios) => {
      const pace = new LearnedPace();
      for (const ratio of ratios) pace.answerTook(ratio, 500);
      expect(pace.factor).toBe(1);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test.each([2, 3, 5])(
    'finds a replica that is %i times slower, and one that recovers',
    (slower) => {
      const pace = new LearnedPace();
      for (let answer = 0; answer < 100; answer++) pace.answerTook(slower / pace.factor, 300);
      expect(pace.factor).toBeGreaterThan(0.7 * slower);
      expect(pace.factor).toBeLessThanOrEqual(slower);
      for (let answer = 0; answer < 100; answer++) pace.answerTook(1 / pace.factor, 300);
      expect(pace.factor).toBeLessThan(1.05);
    },
  );

  test('is not moved by first tokens that are merely late, and soon by those far too late', () => {
    const pace = new LearnedPace();
    for (let token = 0; token < 1_000; token++) pace.firstTokenTook(2.4);
    expect(pace.factor).toBe(1);
    for (let token = 0; token < 10; token++) pace.firstTokenTook(4 / pace.factor);
    expect(pace.factor).toBeGreaterThan(1.5);
  });
});

describe('a streak of failures', () => {
  test('stops the traffic after three, then lets one request through after growing pauses', () => {
    const streak = new FailureStreak();
    let [nowUs, tries] = [0, 0];
    const triesUs: number[] = [];
    for (; nowUs < 100e6; nowUs += 10_000) {
      if (streak.isBroken(0, nowUs)) continue;
      triesUs.push(nowUs);
      streak.failed(nowUs, nowUs);
      tries += 1;
    }
    expect(tries).toBeLessThan(12);
    const pauses = triesUs.slice(3).map((us, index) => us - triesUs[index + 2]!);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBe(Math.min(30e6, 1e6 * 2 ** index));
    }
  });

  test('is over with the first answer', () => {
    const streak = new FailureStreak();
    for (let failure = 0; failure < 5; failure++) streak.failed(failure, failure);
    expect(streak.isBroken(0, 10)).toBe(true);
    streak.answered();
    expect(streak.isBroken(7, 10)).toBe(false);
  });

  test('lets nobody follow the one who tries', () => {
    const streak = new FailureStreak();
    for (let failure = 0; failure < 3; failure++) streak.failed(0, 0);
    expect(streak.isBroken(0, 2e6)).toBe(false);
    expect(streak.isBroken(1, 2e6)).toBe(true);
  });
});

test('the share of recent work is that of a steady load, and fades', () => {
  const work = new RecentWork();
  for (let nowUs = 0; nowUs < 100e6; nowUs += 100_000) work.add(30_000, nowUs);
  expect(work.share(100e6)).toBeCloseTo(0.3, 1);
  expect(work.share(200e6)).toBeLessThan(0.001);
});

test('step costs are those of the model where it is linear', () => {
  const loads = fc.record({ seqs: fc.integer({ min: 1, max: 200 }), context: fc.nat(300_000) });
  const property = fc.property(loads, ({ context, seqs }) => {
    const costs = new StepCosts(plainTwin);
    costs.moveTo(seqs, context);
    const tokens = Math.max(seqs, context);
    expect(costs.decodeUs).toBeCloseTo(5_000 + 100 * seqs + 0.01 * tokens, 3);
    expect(costs.sequenceUs).toBeCloseTo(100, 3);
    expect(costs.contextUs).toBeCloseTo(0.01, 6);
    // Beside a decode step, a prompt token costs its own time, and its part of one more sequence.
    expect(costs.promptTokenUs).toBeCloseTo(50 + 100 / (2_048 - seqs), 3);
    const attentionUs = 1e-5 * 8_000 * 14_000;
    expect(costs.promptUs(18_000, 10_000)).toBeCloseTo(
      8_000 * costs.promptTokenUs + attentionUs,
      0,
    );
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('engines are asked for whole sequences and tokens only, however many are guessed', () => {
  const stepTime: StepTimeModel = {
    ...plainStepTime,
    stepUs(shape) {
      const { decodeSeqs, prefillTokens, sequences } = shape;
      expect([decodeSeqs, prefillTokens, sequences].every(Number.isInteger)).toBe(true);
      return plainStepTime.stepUs(shape);
    },
  };
  const loads = fc.record({
    engines: fc.integer({ min: 1, max: 7 }),
    seqs: fc.double({ min: 0, max: 200, noNaN: true }),
    context: fc.double({ min: 0, max: 300_000, noNaN: true }),
  });
  const property = fc.property(loads, ({ context, engines, seqs }) => {
    const costs = new StepCosts({ ...plainTwin, engines, stepTime });
    costs.moveTo(seqs, context);
    expect(costs.decodeUs).toBeGreaterThan(5_000);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('strangers are what a replica reports beyond what this gateway has there', () => {
  const strangers = new Strangers();
  const reported = { ...nothingReported, sampledAtUs: 1, running: 30, waiting: 10 };
  const view = replicaView(0, {
    inFlight: 12,
    reported: { ...reported, sentSince: 4, endedSince: 2 },
  });
  const known = (nowUs: number) => {
    strangers.moveTo(nowUs);
    return strangers.running + strangers.waiting;
  };
  for (let report = 0; report < 50; report++) strangers.reported(view);
  expect(known(1e6)).toBeCloseTo(30, 3);
  strangers.reported(replicaView(0));
  expect(known(1e6)).toBeCloseTo(30, 3);
  // The older the report, the less it counts.
  expect(known(3e6 + 1)).toBeCloseTo(15, 3);
  expect(known(6e6)).toBe(0);
});
