import { closeSync, openSync } from 'node:fs';
import { FairleadError } from '../core/errors.ts';
import type { DecisionEntry } from '../gateway/decision-log/entry.ts';
import { RecordedStrategy } from '../gateway/decision-log/recorded-strategy.ts';
import { writeEntry } from '../gateway/decision-log/write-entry.ts';
import type { ProxySetup } from '../proxy/config/proxy-setup.ts';
import type { Brain, StreamName } from '../proxy/generation.ts';
import { LogFile } from '../proxy/observe/log-file.ts';
import { type BrainSetup, brainOf, brainSetup } from './proxy-brain.ts';

export const decisionFormat = 'fairlead-decisions';
export const decisionSchemaVersion = 1;

export interface DecisionFileOptions {
  readonly path: string;
  readonly version: string;
  /** What operators should know, a line each. */
  readonly say: (message: string) => void;
}

/** What waits for a slow disk, at most. */
const mostWaitingBytes = 64_000_000;

/**
 * The decision log of a proxy: a line that says what it is, one for each strategy it has made, one
 * for each entry with its gateway and its number there, and one at the end. A log with a hole is
 * worth nothing, so where the disk does not keep up it ends before the hole.
 */
export class DecisionFile {
  readonly #file: LogFile;
  readonly #options: DecisionFileOptions;
  #gateways = 0;
  #lines = 0;
  #isCut = false;

  private constructor(file: LogFile, options: DecisionFileOptions) {
    this.#file = file;
    this.#options = options;
    const { version } = options;
    this.#write({ kind: decisionFormat, schemaVersion: decisionSchemaVersion, version });
  }

  /** Begins a new file; one that is there is the record of something else, and is kept. */
  static async open(options: DecisionFileOptions): Promise<DecisionFile> {
    const { path, say } = options;
    createFile(path);
    const onError = ({ message }: Error) => say(`${path}: ${message}`);
    const file = await LogFile.open({ destination: path, mostWaitingBytes, onError });
    return new DecisionFile(file, options);
  }

  /** Makes what a generation of the proxy thinks with; for `ProxyServer`. */
  readonly createBrain = (setup: ProxySetup, chance: StreamName): Brain => {
    const parts = brainSetup(setup, chance);
    const write = this.begin(parts);
    const brain = brainOf(parts);
    return {
      ...brain,
      strategy: new RecordedStrategy(brain.strategy, write),
      onAdded: (replica) => {
        write({ kind: 'added', group: replica.group });
        brain.onAdded(replica);
      },
    };
  };

  /** Where the entries of one more strategy go. */
  begin(setup: BrainSetup): (entry: DecisionEntry) => void {
    const gateway = ++this.#gateways;
    let entries = 0;
    this.#write([gateway, entries, 'brain', setup]);
    return (entry) => this.#write([gateway, ++entries, ...writeEntry(entry)]);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#write(['end', this.#lines]);
    await this.#file.close();
  }

  #write(line: unknown): void {
    if (this.#isCut) return;
    this.#file.write(`${JSON.stringify(line)}\n`);
    this.#lines += 1;
    if (this.#file.lostLines === 0) return;
    this.#isCut = true;
    const { path, say } = this.#options;
    say(`${path}: the disk does not keep up. The record ends with line ${this.#lines - 1}.`);
  }
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST'
        ? 'there is such a file, and it may be a record that somebody needs. Name another one, or move it away.'
        : `it cannot be written (${message}). Name another file, or make its folder writable.`;
    throw new FairleadError('OUTPUT_NOT_WRITABLE', `${path}: ${reason}`);
  }
}
