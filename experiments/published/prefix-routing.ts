import { assert } from '../../core/assert.ts';
import { US_PER_S } from '../../core/time.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import type { ValidationRow } from '../calibration/validation-row.ts';
import { findStrategy } from '../run-task.ts';
import { type Figures, figuresOf, meanFigures } from './figures.ts';
import { byStage, ladderUs } from './ladder.ts';
import { LoadGenerator } from './load-generator.ts';
import { promptDeck } from './prompt-deck.ts';
import { compared, inOrder, ratioLimits } from './published-row.ts';
import type { PublishedScenarios } from './published-world.ts';

const source = 'llm-d, "KV-Cache Wins You Can See" and its report X-70R-6kSys, 2025';

/**
 * As the report has the schedulers. The approximate index hashes 256 blocks of 64 characters of a
 * prompt, which is 64 blocks of 64 tokens, and remembers 31,250 of the former for each replica.
 */
const schedulers = {
  precise: { name: 'precise-scorers', options: { weights: { queue: 2, kv: 2, prefix: 3 } } },
  approximate: {
    name: 'weighted-scorers',
    options: {
      weights: { queue: 1, kv: 1, prefix: 1 },
      blocksPerPrompt: 64,
      blocksPerReplica: 7_812,
    },
  },
  load: { name: 'weighted-scorers', options: { weights: { queue: 1, kv: 1 } } },
  random: { name: 'random', options: {} },
} as const satisfies Record<string, StrategyChoice>;
type Scheduler = keyof typeof schedulers;

/** Its summary: output tokens/s, and seconds to the first token, 90th percentile and mean. */
const published: Readonly<Record<Scheduler, readonly [number, number, number]>> = {
  precise: [8730.0, 0.542, 0.298],
  approximate: [6944.4, 31.083, 13.316],
  load: [4266.4, 94.865, 46.987],
  random: [4428.7, 92.551, 45.281],
};

/** The load generator has workers of 100 each; eight of them explain how long its stages took. */
const mostInFlight = 800;
/**
 * Under the precise scheduler a few requests that wait make half of the mean: from seed to seed its
 * times to the first token differ by a factor of two, those of the others by a tenth.
 */
const manySeeds = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Longer than all stages together under the slowest scheduler. */
const longEnoughUs = 3_600 * US_PER_S;

export function prefixRoutingRows(scenarios: PublishedScenarios): ValidationRow[] {
  const scenario = scenarios('prefix-routing-ladder');
  const names = Object.keys(schedulers) as Scheduler[];
  const found = Object.fromEntries(
    names.map((name) => [name, meanFigures(manySeeds.map((seed) => run(scenario, name, seed)))]),
  ) as Record<Scheduler, Figures>;
  return [...orders(found), ...ratios(found)];
}

/** The mean over the stages, without the one that warms up. */
function run(scenario: Scenario, scheduler: Scheduler, seed: number): Figures {
  const { name, options: strategyOptions } = schedulers[scheduler];
  const stagesUs = ladderUs(scenario);
  const traffic = new LoadGenerator(new RequestStream(scenario, seed), {
    stagesUs,
    mostInFlight,
    deck: promptDeck(scenario, seed),
  });
  const { log } = simulate({
    scenario: { ...scenario, durationUs: longEnoughUs },
    strategy: findStrategy(name),
    strategyOptions,
    seed,
    traffic,
  });
  assert(traffic.isOver, 'all stages of the ladder were played');
  const [, ...stages] = byStage([...log.rows()], ({ id }) => traffic.stageOf[id]!);
  return meanFigures(stages.map(figuresOf));
}

function orders(found: Readonly<Record<Scheduler, Figures>>): ValidationRow[] {
  const pairs = [
    ['precise', 'approximate'],
    ['approximate', 'load'],
    ['approximate', 'random'],
  ] as const;
  return pairs.flatMap(([better, worse]) => [
    inOrder({
      name: `R1: ${better} yields more tokens than ${worse}`,
      more: found[better].outputTokensPerS,
      less: found[worse].outputTokensPerS,
      source,
    }),
    inOrder({
      name: `R1: the first tokens of ${worse} come later than those of ${better}`,
      more: found[worse].ttftP90S,
      less: found[better].ttftP90S,
      source,
    }),
  ]);
}

function ratios(found: Readonly<Record<Scheduler, Figures>>): ValidationRow[] {
  const others = ['approximate', 'load', 'random'] as const;
  const [tokens, p90S, meanS] = published.precise;
  const best = found.precise;
  const rows = others.flatMap((other) => {
    const figures = found[other];
    const [otherTokens, otherP90S, otherMeanS] = published[other];
    return [
      compared({
        name: `R1: output tokens/s, precise / ${other}`,
        measured: best.outputTokensPerS / figures.outputTokensPerS,
        published: tokens / otherTokens,
        limit: ratioLimits.usual,
        source,
      }),
      compared({
        name: `R1: TTFT p90, ${other} / precise`,
        measured: figures.ttftP90S / best.ttftP90S,
        published: otherP90S / p90S,
        limit: ratioLimits.tail,
        source,
      }),
      compared({
        name: `R1: TTFT mean, ${other} / precise`,
        measured: figures.ttftMeanS / best.ttftMeanS,
        published: otherMeanS / meanS,
        limit: ratioLimits.usual,
        source,
      }),
    ];
  });
  const alike = compared({
    name: 'R1: output tokens/s, load / random',
    measured: found.load.outputTokensPerS / found.random.outputTokensPerS,
    published: published.load[0] / published.random[0],
    limit: ratioLimits.usual,
    source,
  });
  return [...rows, alike];
}
