import { tokenId, tokenIds } from './tokenizer.ts';

export interface TemplateMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string | undefined }[] | null | undefined;
}

/** Images and sounds are not looked into; each counts for so many tokens. */
const mediaTokens = 256;

/**
 * Each message is its role, as one token, and its text; in the end stands the role of who answers.
 * So a conversation begins with the tokens of its earlier turns, answers included.
 */
export function chatTokens(messages: readonly TemplateMessage[]): number[] {
  const ids: number[] = [];
  for (const { content, role } of messages) {
    ids.push(markOf(role));
    if (typeof content === 'string') tokenIds(content, ids);
    else if (Array.isArray(content)) for (const part of content) appendPart(part, ids);
  }
  ids.push(markOf('assistant'));
  return ids;
}

function appendPart(part: { readonly text?: string | undefined }, ids: number[]): void {
  if (part.text !== undefined) {
    tokenIds(part.text, ids);
    return;
  }
  const id = tokenId(JSON.stringify(part));
  for (let i = 0; i < mediaTokens; i++) ids.push(id);
}

function markOf(role: string): number {
  return tokenId(`<|${role}|>`);
}
