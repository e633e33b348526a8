import type { ServerResponse } from 'node:http';
import type { KvEvents } from '../kv-events.ts';

/** Of lines that somebody has not read; beyond, it is better to begin anew. */
const mostUnreadBytes = 2 ** 20;

/** An endless answer of lines of JSON; it ends when the client leaves or falls behind. */
export function answerKvEvents(response: ServerResponse, events: KvEvents): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let isFirst = true;
  const listener = {
    write: (line: string): boolean => {
      response.write(line);
      // The first line may be longer than that by itself.
      if (isFirst || response.writableLength <= mostUnreadBytes) {
        isFirst = false;
        return true;
      }
      response.destroy();
      return false;
    },
  };
  events.follow(listener);
  response.once('close', () => events.leave(listener));
}
