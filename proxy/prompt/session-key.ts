import type { IncomingHttpHeaders } from 'node:http';
import { fnv1a, mix32 } from '../../strategies/shared/fnv1a.ts';
import { bodyField as top } from './body-fields.ts';
import type { JsonBytes } from './json-bytes.ts';
import { jsonText } from './json-scalars.ts';
import { ObjectFields } from './object-fields.ts';

/** From the closest to the widest: a user may have many conversations, and no other key. */
const places = [top.session_id, top.conversation, top.prompt_cache_key, top.user];

/** The API of responses names a conversation, or gives an object with its name. */
const conversation = new ObjectFields(['id']);

/** By headers, or else by the body: a number that stays the same everywhere; 0 for no session. */
export class SessionKey {
  readonly #headers: readonly string[];

  /** Names of headers, of which the first that is there counts. */
  constructor(headers: readonly string[]) {
    this.#headers = headers.map((name) => name.toLowerCase());
  }

  ofHeaders(headers: IncomingHttpHeaders): number {
    for (const name of this.#headers) {
      const value = headers[name];
      const text = typeof value === 'string' ? value : value?.[0];
      // Node gives the bytes of headers as characters.
      if (text) return keyOf(Buffer.from(text, 'latin1'));
    }
    return 0;
  }

  ofBody(json: JsonBytes, fields: ObjectFields): number {
    for (const place of places) {
      const text = textAt(json, fields, place);
      if (text) return keyOf(Buffer.from(text));
    }
    return 0;
  }
}

function textAt(json: JsonBytes, { from, to }: ObjectFields, place: number): string | undefined {
  const at = from[place]!;
  if (at < 0) return undefined;
  if (place === top.conversation && conversation.scan(json, at) > 0) {
    return textAt(json, conversation, 0);
  }
  return jsonText(json, at, to[place]!);
}

function keyOf(bytes: Uint8Array): number {
  return mix32(fnv1a(bytes)) >>> 0 || 1;
}
