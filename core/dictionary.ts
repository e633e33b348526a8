/** Few distinct strings over many rows: one number per row. */
export class Dictionary {
  readonly #codeOf = new Map<string, number>();
  readonly #texts: string[] = [];

  codeOf(text: string): number {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#codeOf.set(text, code);
    }
    return code;
  }

  textOf(code: number): string {
    return this.#texts[code]!;
  }
}
