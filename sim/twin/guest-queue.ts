/** First come, first served; who has left from the middle is passed over. */
export class GuestQueue<Guest extends { readonly state: 'waiting' | 'decoding' | 'gone' }> {
  readonly #guests: Guest[] = [];
  #head = 0;

  add(guest: Guest): void {
    if (this.#head > 64 && this.#head * 2 > this.#guests.length) {
      this.#guests.splice(0, this.#head);
      this.#head = 0;
    }
    this.#guests.push(guest);
  }

  get first(): Guest | undefined {
    const { length } = this.#guests;
    while (this.#head < length && this.#guests[this.#head]!.state !== 'waiting') this.#head += 1;
    return this.#head < length ? this.#guests[this.#head] : undefined;
  }
}
