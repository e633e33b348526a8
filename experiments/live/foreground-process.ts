import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
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
 * Ctrl-C at the terminal is for us to handle, and the workers that it starts end with it. Where we
 * are killed and can do nothing any more, a guard beside it ends the group.
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
    const dismiss = this.#child.pid === undefined ? () => {} : guard(this.#child.pid);
    this.#ended = new Promise((resolve) => {
      const end = (ending: Ending) => {
        this.#ending ??= ending;
        process.removeListener('exit', this.#onExit);
        dismiss();
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

/**
 * A shell that reads from us, and hears the end of it when we are gone, however that came. It kills
 * the group then, unless it was dismissed.
 */
function guard(group: number): () => void {
  const script = 'read -r _; kill -s KILL -- "-$1"';
  const shell = spawn('sh', ['-c', script, 'sh', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell nobody guards, which is no reason not to go on.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as Socket).unref();
  return () => void shell.kill('SIGKILL');
}
