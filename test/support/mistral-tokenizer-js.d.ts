declare module 'mistral-tokenizer-js' {
  const tokenizer: {
    encode(text: string, addBosToken?: boolean, addPrecedingSpace?: boolean): number[];
    readonly vocabById: readonly string[];
    /** Pairs, in the order in which they merge, with a rank. */
    readonly merges: ReadonlyMap<string, number>;
  };
  export default tokenizer;
}
