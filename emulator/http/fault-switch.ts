import { z } from 'zod';
import { parseDurationUs, US_PER_MS } from '../../core/time.ts';
import { type ApiError, badRequest } from './api-errors.ts';

const lasting = z
  .string()
  .refine((text) => parseDurationUs(text) !== undefined, 'expected a duration such as "30s"');

const slow = z.strictObject({
  kind: z.literal('slow'),
  factor: z.number().min(0.01).max(1_000),
  for: lasting.optional(),
});

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  slow,
  z.strictObject({ kind: z.literal('hang'), for: lasting.optional() }),
  z.strictObject({ kind: z.literal('fail-fast'), for: lasting.optional() }),
  // Nobody could end it: there is nobody to ask at a port that refuses connections.
  z.strictObject({ kind: z.literal('crash'), for: lasting }),
]);

/** Timers of Node count milliseconds in 31 bits, and go off at once beyond that. */
const mostMs = 2 ** 31 - 1;

/** In the words of the events of a scenario. */
export type Fault = Readonly<z.output<typeof faultSchema>>;

function readFault(body: unknown, timeScale: number): Fault | ApiError {
  const parsed = faultSchema.safeParse(body);
  if (parsed.success) return lastsMs(parsed.data, timeScale) > mostMs ? tooLong : parsed.data;
  const [issue] = parsed.error.issues;
  const example = '{"kind": "slow", "factor": 3, "for": "30s"}';
  return badRequest(
    `${issue!.path.join('.')}: ${issue!.message}. Kinds are none, slow, hang, fail-fast and crash; write for example ${example}.`,
  );
}

const tooLong = badRequest(
  'for: it would last more than 24 days of the clock. Write less, or leave it out and end it with {"kind": "none"}.',
);

/** By the clock; 0 without an end. */
function lastsMs(fault: Fault, timeScale: number): number {
  if (fault.kind === 'none' || fault.for === undefined) return 0;
  return parseDurationUs(fault.for)! / US_PER_MS / timeScale;
}

/** What faults are done to. */
export interface FaultyMachine {
  changePace(factor: number): void;
  halt(): void;
  resetConnections(): void;
  refuseConnections(): void;
  restart(): void;
}

export interface FaultSwitchOptions {
  readonly machine: FaultyMachine;
  readonly timeScale: number;
}

/**
 * The fault a replica has, one at a time. Durations are in the time of the engine, as in a
 * scenario. What kills the process takes its requests and its cache along, and when it is over a
 * new one serves.
 */
export class FaultSwitch {
  state: Fault['kind'] = 'none';
  readonly #options: FaultSwitchOptions;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(options: FaultSwitchOptions) {
    this.#options = options;
  }

  apply(fault: Fault): void {
    this.#end();
    this.state = fault.kind;
    const { machine, timeScale } = this.#options;
    switch (fault.kind) {
      case 'none':
        return;
      case 'slow':
        machine.changePace(fault.factor);
        break;
      case 'hang':
        machine.halt();
        break;
      case 'fail-fast':
        machine.halt();
        machine.resetConnections();
        break;
      case 'crash':
        machine.halt();
        machine.refuseConnections();
        machine.resetConnections();
        break;
    }
    if (fault.for === undefined) return;
    const endMs = lastsMs(fault, timeScale);
    this.#timer = setTimeout(() => this.apply({ kind: 'none' }), endMs);
  }

  read(body: unknown): Fault | ApiError {
    return readFault(body, this.#options.timeScale);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    clearTimeout(this.#timer);
    const { machine } = this.#options;
    if (this.state === 'none') return;
    if (this.state === 'slow') {
      machine.changePace(1);
      return;
    }
    // Whoever still waits for a process that hangs finds its connection broken.
    if (this.state === 'hang') machine.resetConnections();
    machine.restart();
  }
}
