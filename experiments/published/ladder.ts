import { measuredWindow } from '../../core/measured-window.ts';
import { usOf } from '../../core/time.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** As `steps` of `rates` has it. */
interface Steps {
  readonly points: readonly { readonly at: string }[];
}

/** When each rate of the first tenant begins, and when the last of them ends. */
export function ladderUs(scenario: Scenario): number[] {
  const { rate } = scenario.traffic[0]!.arrivals as unknown as { readonly rate: Steps };
  const beginsUs = rate.points.map(({ at }) => usOf(at));
  return [...beginsUs, measuredWindow(scenario).untilUs];
}

/** The items of each stage, in the order of the stages. */
export function byStage<T>(items: readonly T[], stageOf: (item: T) => number): T[][] {
  const stages: T[][] = [];
  for (const item of items) {
    const stage = stageOf(item);
    while (stages.length <= stage) stages.push([]);
    stages[stage]!.push(item);
  }
  return stages;
}
