import { prettifyError, ZodError } from 'zod';
import { AssertionError } from '../core/assert.ts';
import { FairleadError } from '../core/errors.ts';
import { DecisionReplay, type Difference } from '../gateway/decision-log/decision-replay.ts';
import { type DecisionLine, inLine, readDecisions } from './decision-lines.ts';
import { type BrainSetup, brainOf } from './proxy-brain.ts';

export interface ReplayResult {
  readonly schemaVersion: 1;
  readonly file: string;
  /** What has written it. */
  readonly version: string;
  readonly picks: number;
  readonly differing: number;
  /** Whether the log was closed in order; a proxy that was killed does not. */
  readonly isComplete: boolean;
  /** One for each strategy the proxy has made: at its start, and at a reload that changed it. */
  readonly gateways: readonly GatewayResult[];
  /** The first that came out another way. */
  readonly differences: readonly (Difference & { readonly line: number })[];
}

export interface GatewayResult {
  readonly gateway: number;
  readonly strategy: BrainSetup['strategy'];
  readonly picks: number;
  readonly differing: number;
}

const mostShown = 10;

/** Plays a decision log through strategies as new. */
export async function replayLog(file: string): Promise<ReplayResult> {
  const log = new LogReplay();
  for await (const line of readDecisions(file)) {
    try {
      log.take(line);
    } catch (error) {
      throw inLine(file, line.number, inTheLog(error));
    }
  }
  return log.result(file);
}

class LogReplay {
  readonly #gateways = new Map<number, { setup: BrainSetup; replay: DecisionReplay }>();
  readonly #differences: (Difference & { line: number })[] = [];
  #version = '';
  #line = 0;
  #isComplete = false;

  take(line: DecisionLine): void {
    this.#line = line.number;
    if (line.kind === 'head') this.#version = line.version;
    else if (line.kind === 'end') this.#isComplete = true;
    else if (line.kind === 'brain') this.#begin(line.gateway, line.setup);
    else if (line.kind === 'entry') this.#gateways.get(line.gateway)!.replay.take(line.entry);
  }

  result(file: string): ReplayResult {
    const gateways = [...this.#gateways].map(([gateway, { replay, setup }]) => {
      const { differing, picks } = replay;
      return { gateway, strategy: setup.strategy, picks, differing };
    });
    return {
      schemaVersion: 1,
      file,
      version: this.#version,
      picks: gateways.reduce((sum, { picks }) => sum + picks, 0),
      differing: gateways.reduce((sum, { differing }) => sum + differing, 0),
      isComplete: this.#isComplete,
      gateways,
      differences: this.#differences,
    };
  }

  #begin(gateway: number, setup: BrainSetup): void {
    const { onAdded, strategy } = brainOf(setup);
    const brain = { strategy, onAdded: (group: string) => onAdded({ group }) };
    const replay = new DecisionReplay(brain, (difference) => {
      const differences = this.#differences;
      if (differences.length < mostShown) differences.push({ line: this.#line, ...difference });
    });
    this.#gateways.set(gateway, { setup, replay });
  }
}

/** What was recorded has happened: where it cannot be, somebody has changed the log. */
function inTheLog(error: unknown): unknown {
  if (error instanceof ZodError)
    return damaged(`no strategy can be made of it: ${prettifyError(error)}.`);
  const kinds = [AssertionError, TypeError, RangeError];
  if (!kinds.some((kind) => error instanceof kind)) return error;
  return damaged(
    `the strategy cannot go on from here: ${(error as Error).message}. It was not recorded so.`,
  );
}

function damaged(message: string): FairleadError {
  return new FairleadError('DECISIONS_INVALID', message);
}
