import { expect, test } from 'vitest';
import type { AnswerEvent } from '../../loadgen/answer/answer-events.ts';
import { EventStream } from '../../loadgen/answer/event-stream.ts';

// However a server writes its events, a token is told as a token, and the rest is read as JSON.

function read(api: 'completions' | 'chat', text: string) {
  const got = { tokens: 0, done: 0, malformed: 0, events: [] as AnswerEvent[] };
  const stream = new EventStream(api, {
    onToken: () => {
      got.tokens += 1;
    },
    onDone: () => {
      got.done += 1;
    },
    onMalformed: () => {
      got.malformed += 1;
    },
    onEvent: (event) => {
      got.events.push(event);
    },
  });
  const bytes = Buffer.from(text);
  stream.take(bytes, 0, bytes.length, 0);
  return got;
}

const line = (event: unknown) => `data: ${JSON.stringify(event)}\n\n`;
const chat = (delta: object, reason: string | null = null) =>
  line({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] });

test('chat: a role and an empty end are no tokens, thoughts and calls of tools are', () => {
  const { done, events, tokens } = read(
    'chat',
    [
      chat({ role: 'assistant', content: '' }),
      chat({ reasoning_content: 'hm' }),
      chat({ content: 'Hi' }),
      chat({ content: '"content":""' }),
      chat({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
      chat({}, 'stop'),
      line({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 4 } }),
      'data: [DONE]\n\n',
    ].join(''),
  );
  // Plain text is known by its bytes; for the others, the JSON is read.
  expect(tokens).toBe(2);
  expect(events.map(({ hasContent }) => hasContent)).toEqual([false, true, true, false, false]);
  expect(events[3]!.finishReason).toBe('stop');
  expect(events[4]!.usage).toEqual({ promptTokens: 5, cachedTokens: Number.NaN, outputTokens: 4 });
  expect(done).toBe(1);
});

test('a text that looks like JSON of the API is a text', () => {
  const text = '"text":"","finish_reason":"stop"';
  const { events, tokens } = read(
    'completions',
    line({ choices: [{ index: 0, text, finish_reason: null }] }) +
      line({ choices: [{ index: 0, text: '', finish_reason: null }] }),
  );
  expect(tokens).toBe(1);
  expect(events).toMatchObject([{ hasContent: false, finishReason: undefined }]);
});

test('other line ends, spaces, comments and names of events make no difference', () => {
  const event = '{ "choices": [ { "text": " a", "finish_reason": null } ] }';
  const got = read('completions', `: hello\r\nevent: token\r\ndata:${event}\r\n\r\nid: 1\n\n`);
  expect(got).toMatchObject({ tokens: 0, malformed: 0, events: [{ hasContent: true }] });
});

test('errors in the forms of OpenAI, vLLM and FastAPI are told', () => {
  const error = (event: unknown) => read('chat', line(event)).events[0]!.error;
  expect(error({ error: { message: 'a', type: 'x' } })).toBe('a');
  expect(error({ error: 'b' })).toBe('b');
  expect(error({ object: 'error', message: 'c' })).toBe('c');
  expect(error({ detail: 'd' })).toBe('d');
  expect(read('chat', 'data: nothing\n\n').malformed).toBe(1);
});
