/** Where requests go: a base URL, taken apart once. */
export interface Target {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** For the `host` header. */
  readonly authority: string;
  /** Before `/v1/…`; empty for most. */
  readonly basePath: string;
}

/** Undefined for what is no http(s) address. A trailing `/v1` is left out, since paths have it. */
export function targetOf(url: string): Target | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, hostname, pathname, port, protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const isTls = protocol === 'https:';
  return {
    isTls,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    authority: host,
    basePath: pathname.replace(/\/+$/, '').replace(/\/v1$/, ''),
  };
}
