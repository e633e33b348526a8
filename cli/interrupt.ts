/**
 * The first Ctrl-C asks long work to come to an end with what it has; the second one ends the
 * process at once.
 */
export function interruptSignal(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const onInterrupt = () => {
    process.stderr.write('\nStopping; what is complete is kept. Press Ctrl-C again to quit.\n');
    controller.abort();
  };
  process.once('SIGINT', onInterrupt);
  return { signal: controller.signal, dispose: () => process.off('SIGINT', onInterrupt) };
}
