export type Role = 'system' | 'user' | 'assistant';

export interface ChatMessage {
  readonly role: Role;
  readonly content: string;
}

/**
 * Tokens which the server adds to what it is sent: the marks of the chat template, a default system
 * prompt, the token for the beginning of a text.
 */
export interface Overhead {
  /** Of a prompt that is only text, or one message. */
  readonly alone: number;
  /** What a system message adds; below 0 where it replaces a longer default. */
  readonly system: number;
  /** What one more answer and question add. */
  readonly exchange: number;
}

export const noOverhead: Overhead = { alone: 0, system: 0, exchange: 0 };

const word = 'the';
const user: ChatMessage = { role: 'user', content: word };

/** Send each of these once, with `max_tokens: 1`, before a run. */
export const overheadProbes: Readonly<Record<keyof Overhead, readonly ChatMessage[]>> = {
  alone: [user],
  system: [{ role: 'system', content: word }, user],
  exchange: [user, { role: 'assistant', content: word }, user],
};

/** By the `usage.prompt_tokens` that the server counted for each probe. */
export function overheadOf(promptTokens: Readonly<Record<keyof Overhead, number>>): Overhead {
  const added = (probe: keyof Overhead) => promptTokens[probe] - overheadProbes[probe].length;
  const alone = added('alone');
  return { alone, system: added('system') - alone, exchange: added('exchange') - alone };
}
