import type { RequestRecord } from '../../core/request-record.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import type { ValidationRow } from '../calibration/validation-row.ts';
import { runTask } from '../run-task.ts';
import { type Figures, figuresOf, meanFigures } from './figures.ts';
import { byStage, ladderUs } from './ladder.ts';
import { compared, inOrder, ratioLimits } from './published-row.ts';
import { type PublishedScenarios, seeds } from './published-world.ts';

const source = 'llm-d, "Intelligent Inference Scheduling with llm-d", 2025';

const prefixOnly = scorers({ prefix: 1 });
/** The weights that the gateway had by default in those days. */
const prefixAndLoad = scorers({ prefix: 1, queue: 1, kv: 1 });

interface Ladder {
  /** The mean over the rates, as it is read off the curves. */
  readonly overall: Figures;
  readonly top: Figures;
  /** Of all requests. */
  readonly successShare: number;
}

export function prefixSharingRows(scenarios: PublishedScenarios): ValidationRow[] {
  return [...highSharing(scenarios('sharing-high')), ...lowSharing(scenarios('sharing-low'))];
}

function highSharing(scenario: Scenario): ValidationRow[] {
  const only = climb(scenario, prefixOnly);
  const both = climb(scenario, prefixAndLoad);
  return [
    compared({
      name: 'R7, much shared: success, prefix only / prefix + load',
      measured: only.successShare / both.successShare,
      published: 0.55,
      limit: ratioLimits.usual,
      source,
    }),
    compared({
      name: 'R7, much shared: time between tokens, prefix only / prefix + load',
      measured: only.overall.gapMs / both.overall.gapMs,
      published: 160 / 30,
      limit: ratioLimits.usual,
      source,
    }),
    inOrder({
      name: 'R7, much shared: TTFT of prefix only at the highest rate is above 140 s',
      more: only.top.ttftMeanS,
      less: 140,
      source,
    }),
    inOrder({
      name: 'R7, much shared: TTFT of prefix + load at the highest rate is below 1 s',
      more: 1,
      less: both.top.ttftMeanS,
      source,
    }),
    inOrder({
      name: 'R7, much shared: prefix + load yields more tokens than prefix only',
      more: both.overall.outputTokensPerS,
      less: only.overall.outputTokensPerS,
      source,
    }),
  ];
}

/** Without anything to share, neither is any better. */
function lowSharing(scenario: Scenario): ValidationRow[] {
  const only = climb(scenario, prefixOnly);
  const both = climb(scenario, prefixAndLoad);
  const flat = (name: string, figureOf: (ladder: Ladder) => number) =>
    compared({
      name: `R7, nothing shared: ${name}, prefix only / prefix + load`,
      measured: figureOf(only) / figureOf(both),
      published: 1,
      limit: ratioLimits.usual,
      source,
    });
  return [
    flat('success', ({ successShare }) => successShare),
    flat('output tokens/s', ({ overall }) => overall.outputTokensPerS),
    flat('TTFT', ({ overall }) => overall.ttftMeanS),
    flat('time between tokens', ({ overall }) => overall.gapMs),
  ];
}

function climb(scenario: Scenario, strategy: StrategyChoice): Ladder {
  const begins = ladderUs(scenario);
  const stageOf = ({ intendedUs }: RequestRecord) =>
    begins.findLastIndex((beginUs) => beginUs <= intendedUs);
  const ladders = seeds.map((seed) => {
    const rows = [...runTask({ scenario, strategy, seed }).log.rows()];
    const stages = byStage(rows, stageOf).map(figuresOf);
    const { successShare } = figuresOf(rows);
    return { overall: meanFigures(stages), top: stages.at(-1)!, successShare };
  });
  return {
    overall: meanFigures(ladders.map(({ overall }) => overall)),
    top: meanFigures(ladders.map(({ top }) => top)),
    successShare: ladders.reduce((sum, one) => sum + one.successShare, 0) / ladders.length,
  };
}

function scorers(weights: Readonly<Record<string, number>>): StrategyChoice {
  return { name: 'weighted-scorers', options: { weights } };
}
