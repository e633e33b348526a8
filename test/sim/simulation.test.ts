import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Process, Simulation } from '../../sim/simulation.ts';

/** Notes each wake, and asks for the next one after its own gap. */
class Ticker implements Process {
  readonly priority: number;
  slot = -1;
  readonly #note: (nowUs: number) => void;

  constructor(priority: number, note: (nowUs: number) => void) {
    this.priority = priority;
    this.#note = note;
  }

  wake(nowUs: number): void {
    this.#note(nowUs);
  }
}

describe('the virtual clock', () => {
  test('jumps from wake to wake, never backwards, and shows each process its own time', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 });
    const property = fc.property(gaps, (gapsUs) => {
      const simulation = new Simulation();
      const seen: number[] = [];
      const tickers = gapsUs.map((gapUs) => {
        const ticker = new Ticker(0, (nowUs) => {
          expect(simulation.nowUs).toBe(nowUs);
          seen.push(nowUs);
          if (seen.length < 100) simulation.schedule(ticker, nowUs + gapUs);
        });
        simulation.add(ticker);
        return ticker;
      });
      for (const [index, ticker] of tickers.entries()) simulation.schedule(ticker, index);
      simulation.run(() => false);
      expect(seen.length).toBeGreaterThanOrEqual(100);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('wakes engines before clients at the same instant, whoever asked first', () => {
    const simulation = new Simulation();
    const order: string[] = [];
    const client = new Ticker(1, () => order.push('client'));
    const engine = new Ticker(0, () => order.push('engine'));
    for (const ticker of [client, engine]) simulation.add(ticker);
    for (const ticker of [client, engine]) simulation.schedule(ticker, 10);
    simulation.run(() => false);
    expect(order).toEqual(['engine', 'client']);
  });

  test('keeps one pending wake for each process: a second wish moves the first', () => {
    const simulation = new Simulation();
    const seen: number[] = [];
    const ticker = new Ticker(0, (nowUs) => seen.push(nowUs));
    simulation.add(ticker);
    simulation.schedule(ticker, 10);
    simulation.schedule(ticker, 5);
    simulation.run(() => false);
    expect(seen).toEqual([5]);
  });

  test('stops after the wake that says so, and can go on from there', () => {
    const simulation = new Simulation();
    const seen: number[] = [];
    const ticker = new Ticker(0, (nowUs) => {
      seen.push(nowUs);
      if (nowUs < 5) simulation.schedule(ticker, nowUs + 1);
    });
    simulation.add(ticker);
    simulation.schedule(ticker, 1);
    simulation.run(() => simulation.nowUs >= 3);
    expect(seen).toEqual([1, 2, 3]);
    simulation.run(() => false);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});

test('a turn that has passed at an instant has passed, though an earlier one wakes again', () => {
  const simulation = new Simulation();
  const seen: boolean[] = [];
  const first = new Ticker(0, () => seen.push(simulation.isPast(second)));
  const second = new Ticker(0, () => {});
  const sender = new Ticker(1, (nowUs) => simulation.schedule(first, nowUs));
  for (const ticker of [first, second, sender]) simulation.add(ticker);
  simulation.schedule(first, 5);
  simulation.schedule(sender, 5);
  simulation.run(() => false);
  expect(seen).toEqual([false, true]);
});

test('who joins when the run has begun has its turn as if it had been the last to be added', () => {
  const priorities = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
  const property = fc.property(priorities, priorities, fc.nat(3), (early, late, host) => {
    const order = (joinsLate: boolean) => {
      const simulation = new Simulation();
      const seen: number[] = [];
      const tickers: Ticker[] = [];
      const add = (priority: number, number: number) => {
        const ticker = new Ticker(priority, (nowUs) => {
          seen.push(number);
          if (nowUs === 1 && joinsLate && number === host % early.length) addLate();
          if (nowUs === 1) simulation.schedule(ticker, 10);
        });
        tickers.push(ticker);
        simulation.add(ticker);
      };
      const addLate = () => {
        for (const [i, priority] of late.entries()) add(priority, 100 + i);
        for (const ticker of tickers.slice(early.length)) simulation.schedule(ticker, 10);
      };
      for (const [i, priority] of early.entries()) add(priority, i);
      for (const ticker of tickers) simulation.schedule(ticker, 1);
      if (!joinsLate) addLate();
      simulation.run(() => false);
      return seen;
    };
    expect(order(true).slice(early.length)).toEqual(order(false).slice(early.length));
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

describe('a mistake of a process stops the run:', () => {
  test('a wish to wake in the past', () => {
    const simulation = new Simulation();
    const ticker = new Ticker(0, (nowUs) => simulation.schedule(ticker, nowUs - 1));
    simulation.add(ticker);
    simulation.schedule(ticker, 5);
    expect(() => simulation.run(() => false)).toThrow(
      'invariant 5: a wake at 4 us, but it is 5 us',
    );
  });

  test('a wish of a process that was never added', () => {
    const stranger = new Ticker(0, () => {});
    expect(() => new Simulation().schedule(stranger, 1)).toThrow('was not added');
  });
});
