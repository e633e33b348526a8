import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How it came to an end: by a code, by a signal, or it never began. */
export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly message: string };

/** Of what a program says on stderr, the end is what explains why it ended. */
const keptCharacters = 4_000;
const termGraceMs = 3_000;

/**
 * A program that runs beside us and is never left behind. It leads a process group of its own: so
 * Ctrl-C at the terminal is for us to handle, and the workers that it starts end with it.
 */
export class ForegroundProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ending>;
  #ending: Ending | undefined;
  #said = '';
  readonly #onExit = () => this.#signal('SIGKILL');

  constructor(options: ProcessOptions) {
    this.#child = spawn(options.program, options.arguments, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-keptCharacters);
    });
    process.once('exit', this.#onExit);
    this.#ended = new Promise((resolve) => {
      const end = (ending: Ending) => {
        this.#ending ??= ending;
        process.removeListener('exit', this.#onExit);
        resolve(this.#ending);
      };
      this.#child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
        end(code === 'ENOENT' ? { kind: 'missing' } : { kind: 'refused', message }),
      );
      // Workers that outlive their leader would keep its port, and its stderr open.
      this.#child.once('exit', () => this.#signal('SIGKILL'));
      this.#child.once('close', (code, signal) =>
        end(code === null ? { kind: 'signal', signal: signal! } : { kind: 'exit', code }),
      );
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** The end of what it had to say. */
  get said(): string {
    return this.#said.trim();
  }

  /** Asks it to end, insists after a while, and comes back when nothing of it is left. */
  async stop(graceMs = termGraceMs): Promise<void> {
    if (this.#ending !== undefined) return;
    this.#signal('SIGTERM');
    await Promise.race([this.#ended, sleep(graceMs, undefined, { ref: false })]);
    if (this.#ending === undefined) this.#signal('SIGKILL');
    await this.#ended;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }
}
