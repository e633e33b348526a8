/** Seconds of CPU this process has used: unlike the clock, it does not count waiting for others. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** After a run to warm up, the median cost of a unit of work over some runs, in CPU seconds. */
export function medianCostS(work: (run: number) => number, runs = 5): number {
  work(0);
  const costs = Array.from({ length: runs }, (_, run) => {
    const before = cpuSeconds();
    const amount = work(run + 1);
    return (cpuSeconds() - before) / amount;
  });
  return costs.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
