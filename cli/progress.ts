import cliProgress from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/**
 * A bar on stderr while a person watches; nothing at all otherwise, so that logs stay clean. What
 * is done already does not count for how long the rest takes.
 */
export function startProgress(what: string, total: number, already = 0): Progress {
  if (process.stderr.isTTY !== true) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    {
      format: `${what} {bar} {value}/{total} · {eta_formatted} left`,
      etaBuffer: 50,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, already);
  return {
    update: (done) => {
      if (done > already) bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
