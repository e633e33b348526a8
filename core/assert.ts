/**
 * Stops on a mistake of our own; it stays on in production, because a wrong answer costs its reader
 * more than a crash. Mistakes of the user are a `FairleadError` instead.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For hot paths, where a message must not be put together before it is needed. */
export function fail(message: string): never {
  throw new AssertionError(message);
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
