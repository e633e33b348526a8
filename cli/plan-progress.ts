import type { PlanProgress } from '../experiments/plan/plan.ts';

export interface PlanWatch {
  update(progress: PlanProgress): void;
  stop(): void;
}

const leastMs = 200;

/** One line on stderr while a person watches: how far it is, and what is best so far. */
export function watchPlan(): PlanWatch {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { update: () => {}, stop: () => {} };
  const startedAt = Date.now();
  let shownAt = 0;
  const clear = () => stderr.write('\r\u001B[K');
  return {
    update: ({ best, phase, runs }) => {
      const now = Date.now();
      if (now - shownAt < leastMs) return;
      shownAt = now;
      const seconds = Math.round((now - startedAt) / 1_000);
      const soFar = best === undefined ? '' : `; so far ${best}`;
      const line = `Planning: ${phase}, ${runs} runs in ${seconds} s${soFar}`;
      clear();
      stderr.write(line.slice(0, (stderr.columns ?? 80) - 1));
    },
    stop: clear,
  };
}
