import { figuresLine, type LiveFigures } from '../loadgen/live-figures.ts';

/** One line on stderr that keeps changing while a person watches; nothing otherwise. */
export function startLoadProgress(): { update(figures: LiveFigures): void; stop(): void } {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { update: () => {}, stop: () => {} };
  const clear = '\r\u001b[2K';
  return {
    update: (figures) =>
      stderr.write(`${clear}${figuresLine(figures).slice(0, stderr.columns - 1)}`),
    stop: () => stderr.write(clear),
  };
}
