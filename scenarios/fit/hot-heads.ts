import type { TraceRow } from '../traces/trace-row.ts';

/** What many prompts begin with: system prompts, tools, the documents that everybody asks about. */
export interface HotHeads {
  /** Of each head: the number, from 1, of the one it continues, 0 for none, and its own tokens. */
  readonly heads: readonly (readonly [parent: number, tokens: number])[];
  /** The head a row begins with, 0 for none, and its blocks. */
  of(row: TraceRow): { readonly head: number; readonly blocks: number };
}

/** A head begins at least this share of all prompts. */
const hotShare = 0.01;
const fewestRows = 10;

interface Node {
  rows: number;
  /** Rows whose hot blocks end here. */
  ends: number;
  readonly blockTokens: number;
  readonly children: Map<number, Node>;
  head: number;
}

export function findHotHeads(rows: readonly TraceRow[]): HotHeads {
  const limit = Math.max(fewestRows, hotShare * rows.length);
  const root = newNode(0);
  const counts = new Map<number, number>();
  for (const { blocks = [] } of rows) {
    for (const id of blocks) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const hotBlocks = ({ blocks = [], blockTokens = 1, promptTokens }: TraceRow) => {
    const whole = Math.min(blocks.length, Math.floor(promptTokens / blockTokens));
    let hot = 0;
    while (hot < whole && counts.get(blocks[hot]!)! >= limit) hot += 1;
    return hot;
  };
  for (const row of rows) addPath(root, row, hotBlocks(row));
  const heads: [number, number][] = [];
  nameHeads(root, { parent: 0, tokens: 0, heads });
  return {
    heads,
    of(row) {
      let node = root;
      let found = { head: 0, blocks: 0 };
      for (let depth = 0; depth < hotBlocks(row); depth++) {
        node = node.children.get(row.blocks![depth]!)!;
        if (node.head > 0) found = { head: node.head, blocks: depth + 1 };
      }
      return found;
    },
  };
}

function addPath(root: Node, { blocks = [], blockTokens = 1 }: TraceRow, depth: number): void {
  let node = root;
  for (let at = 0; at < depth; at++) {
    const next = node.children.get(blocks[at]!) ?? newNode(blockTokens);
    node.children.set(blocks[at]!, next);
    node = next;
    node.rows += 1;
  }
  node.ends += 1;
}

/** A head ends where prompts go on in more than one way. */
function nameHeads(
  node: Node,
  { heads, parent, tokens }: { parent: number; tokens: number; heads: [number, number][] },
): void {
  const own = tokens + node.blockTokens;
  const isHead = node.blockTokens > 0 && (node.ends > 0 || node.children.size !== 1);
  if (isHead) {
    heads.push([parent, own]);
    node.head = heads.length;
  }
  const below = isHead ? { parent: node.head, tokens: 0, heads } : { parent, tokens: own, heads };
  for (const child of node.children.values()) nameHeads(child, below);
}

function newNode(blockTokens: number): Node {
  return { rows: 0, ends: 0, blockTokens, children: new Map(), head: 0 };
}
