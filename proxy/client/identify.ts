import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Client } from '../config/proxy-setup.ts';

/**
 * Whose key a request carries; undefined for nobody's. Keys are looked up by their SHA-256: how
 * long that takes says nothing of the keys there are.
 */
export function identify(
  { authorization, 'x-api-key': apiKey }: IncomingHttpHeaders,
  clients: ReadonlyMap<string, Client>,
): Client | undefined {
  const key = keyOf(authorization) ?? (typeof apiKey === 'string' ? apiKey : undefined);
  return key === undefined ? undefined : clients.get(sha256Of(key));
}

export function sha256Of(key: string): string {
  return createHash('sha256').update(key, 'latin1').digest('hex');
}

/** In a time that does not depend on where they begin to differ. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** `Bearer …`, whatever the case of that word. */
export function keyOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}
