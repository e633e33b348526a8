/** Few distinct strings over many rows: one number per row. */
export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];
  /** The last one asked for, which most often is the next one, too. */
  #text = '';
  #code = -1;

  codeOf(text: string): number {
    if (text !== this.#text || this.#code < 0) {
      this.#text = text;
      this.#code = this.#codes.get(text) ?? this.#add(text);
    }
    return this.#code;
  }

  textOf(code: number): string {
    return this.#texts[code]!;
  }

  #add(text: string): number {
    const code = this.#texts.push(text) - 1;
    this.#codes.set(text, code);
    return code;
  }
}
