import type { Sequence } from './sequence.ts';

/** The running sequences in the order of their admission; leaving from anywhere costs nothing. */
export class RunningList {
  first: Sequence | undefined = undefined;
  last: Sequence | undefined = undefined;
  length = 0;
  #admitted = 0;

  push(sequence: Sequence): void {
    sequence.admissionNumber = ++this.#admitted;
    sequence.previous = this.last;
    sequence.next = undefined;
    if (this.last === undefined) this.first = sequence;
    else this.last.next = sequence;
    this.last = sequence;
    this.length += 1;
  }

  remove(sequence: Sequence): void {
    const { previous, next } = sequence;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    sequence.previous = undefined;
    sequence.next = undefined;
    this.length -= 1;
  }
}
