import { figuresLine, type LiveFigures } from '../loadgen/live-figures.ts';

/** One line on stderr that keeps changing while a person watches; nothing otherwise. */
export function startLoadProgress() {
  const { stderr } = process;
  const clear = '\r\u001b[2K';
  const isWatched = stderr.isTTY === true;
  const show = (text: string) => {
    if (isWatched) stderr.write(`${clear}${text.slice(0, stderr.columns - 1)}`);
  };
  return {
    show,
    update: (figures: LiveFigures) => show(figuresLine(figures)),
    stop: () => {
      if (isWatched) stderr.write(clear);
    },
  };
}
