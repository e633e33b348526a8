import type { DraftRow } from '../trace-row.ts';
import { ClientStream } from './client-stream.ts';
import { duplicateClients } from './duplicates.ts';
import { PooledLengths } from './length-source.ts';
import { outageWindows, withoutOutages } from './outages.ts';
import { completeLengths, type ServeGenModel } from './servegen-model.ts';

export interface ServeGenOptions {
  readonly outages: 'interpolate' | 'cut';
  readonly duplicates: 'drop' | 'keep';
  /** Of the model; the rows count time from there. */
  readonly fromHour: number;
  readonly seed: number;
}

/** The requests of all clients in order of time, and what had to be decided about the model. */
export function servegenRows(
  given: ServeGenModel,
  { outages, duplicates, fromHour, seed }: ServeGenOptions,
): { rows: Iterable<DraftRow>; notes: string[] } {
  const out = outageWindows(given);
  const doubled = duplicates === 'drop' ? duplicateClients(given) : [];
  const dropped = new Set(doubled.map(({ id }) => id));
  const mended = outages === 'interpolate' ? withoutOutages(given) : given;
  const model = { ...mended, clients: mended.clients.filter(({ id }) => !dropped.has(id)) };
  const windows = windowsFrom(given, (fromHour * 3_600) / given.windowS).filter(
    (window) => outages === 'interpolate' || !out.includes(window),
  );
  const pool = new PooledLengths(model);
  const streams = () =>
    model.clients.map((client) => {
      const lengths = pool.sourceFor(client, seed);
      return new ClientStream({ model, client, windows, lengths, seed });
    });
  const borrowing = model.clients.filter((client) => completeLengths(client).length === 0).length;
  const notes = [
    ...doubled.map(({ id, of }) => `client ${id} is left out: it is client ${of} again`),
    ...(out.length > 0 ? [`windows without any traffic: ${out.length} (${outages})`] : []),
    ...(borrowing > 0
      ? [`clients without lengths, which draw from those of all: ${borrowing}`]
      : []),
  ];
  return { rows: { [Symbol.iterator]: () => merged(streams()) }, notes };
}

function windowsFrom({ clients }: ServeGenModel, first: number): number[] {
  const count = Math.max(...clients.map((client) => client.windows.length));
  return Array.from({ length: count }, (_, window) => window).filter((window) => window >= first);
}

/** Always the earliest request; of equal times, that of the lower client. */
function* merged(streams: readonly ClientStream[]): Generator<DraftRow> {
  const heap = streams.filter(({ nextS }) => nextS < Number.POSITIVE_INFINITY);
  for (let place = heap.length >> 1; place >= 0; place--) sink(heap, place);
  for (;;) {
    const first = heap[0];
    if (first === undefined) return;
    yield first.next();
    if (first.nextS === Number.POSITIVE_INFINITY) {
      const last = heap.pop()!;
      if (last === first) continue;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Restores the binary heap below a place. */
function sink(heap: ClientStream[], from: number): void {
  const sinking = heap[from];
  if (sinking === undefined) return;
  let place = from;
  for (;;) {
    let child = 2 * place + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (left === undefined) break;
    if (right !== undefined && isBefore(right, left)) child += 1;
    const next = heap[child]!;
    if (!isBefore(next, sinking)) break;
    heap[place] = next;
    place = child;
  }
  heap[place] = sinking;
}

function isBefore(a: ClientStream, b: ClientStream): boolean {
  return a.nextS < b.nextS || (a.nextS === b.nextS && a.id < b.id);
}
