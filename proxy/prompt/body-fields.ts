import { ObjectFields } from './object-fields.ts';

/** What is looked for in the body of a request, and its place in the list. */
export const bodyField = {
  model: 0,
  stream: 1,
  max_tokens: 2,
  max_completion_tokens: 3,
  max_output_tokens: 4,
  user: 5,
  priority: 6,
  messages: 7,
  prompt: 8,
  input: 9,
  tools: 10,
  instructions: 11,
  system: 12,
  cache_salt: 13,
  session_id: 14,
  conversation: 15,
  prompt_cache_key: 16,
} as const;

export function bodyFields(): ObjectFields {
  return new ObjectFields(Object.keys(bodyField));
}
