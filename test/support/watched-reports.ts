import { simulate } from '../../sim/simulate.ts';
import {
  defineStrategy,
  type ReplicaView,
  type ReportedLoad,
  type Strategy,
} from '../../strategies/strategy.ts';
import { type SmallScenario, smallScenario } from './scenarios.ts';
import { strategyNamed } from './strategies.ts';

/** A report as it came to the gateway. */
export interface SeenReport {
  readonly replica: number;
  readonly nowUs: number;
  readonly reported: ReportedLoad;
}

export interface ReportWatch {
  readonly overrides: SmallScenario;
  /** Who picks. */
  readonly strategy?: string;
  readonly seed?: number;
  /** Looks at all replicas before each pick, after what has been sent and what has ended. */
  readonly onPick?: (candidates: readonly ReplicaView[], nowUs: number) => void;
  readonly onSent?: (replica: number, promptTokens: number, nowUs: number) => void;
  readonly onEnded?: (replica: number, nowUs: number) => void;
}

/** Runs a small fleet, and returns all reports in the order in which they came. */
export function watchReports(watch: ReportWatch): SeenReport[] {
  const seen: SeenReport[] = [];
  const strategy = defineStrategy({
    name: 'watched',
    summary: 'Writes down what it is told, and picks as another one does.',
    needs: ['signals'],
    options: {},
    create: (_options, context): Strategy => {
      const inner = strategyNamed(watch.strategy ?? 'least-requests').create({}, context);
      return {
        pick(request, candidates, nowUs) {
          watch.onPick?.(candidates, nowUs);
          return inner.pick(request, candidates, nowUs);
        },
        onDispatched: ({ promptTokens }, { index }, nowUs) =>
          watch.onSent?.(index, promptTokens, nowUs),
        onEnded: (_request, { index }, _end, nowUs) => watch.onEnded?.(index, nowUs),
        onReported: ({ index, reported }, nowUs) => {
          const { endedSince, kvUsage, running, sampledAtUs, waiting } = reported;
          const { sentPromptTokensSince, sentSince } = reported;
          const since = { sentSince, sentPromptTokensSince, endedSince };
          const copy = { sampledAtUs, waiting, running, kvUsage, ...since };
          seen.push({ replica: index, nowUs, reported: copy });
        },
      };
    },
  });
  const scenario = smallScenario(watch.overrides);
  const { seed = 1 } = watch;
  simulate({ scenario, strategy, strategyOptions: {}, seed, checkInvariants: true });
  return seen;
}
