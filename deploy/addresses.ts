import { FairleadError } from '../core/errors.ts';
import type { BalancerSetting } from './balancer.ts';

/**
 * A configuration is text, in which a semicolon or a brace would end a directive. URLs let both
 * through in host names, so what goes into the text is what a host name may really have.
 */
const plainHost = /^(?:[a-z0-9](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]+\])$/i;
const plainHeader = /^[a-z0-9-]{1,64}$/;
const plainPath = /^\/[\w./~-]*$/;

export function checkAddresses(
  balancer: string,
  { healthPath, listen, replicas, sessionHeader }: BalancerSetting,
): void {
  const refuse = (message: string): never => {
    throw new FairleadError('EXPORT_UNSUPPORTED', `${balancer}: ${message}`);
  };
  if (replicas.length === 0) refuse('there is no replica. Name one at least.');
  for (const { url } of replicas) {
    if (url.protocol !== 'http:') {
      refuse(`found ${url.href}; only plain http is exported. Write ${`http://${url.host}`}.`);
    }
    if (!plainHost.test(url.hostname))
      refuse(`found the host "${url.hostname}", which is no name.`);
  }
  const seen = new Set<string>();
  for (const { url } of replicas) {
    if (seen.has(url.host)) refuse(`${url.host} is there twice. Leave one of them out.`);
    seen.add(url.host);
  }
  const { host, port } = listen;
  if (!plainHost.test(host)) refuse(`found "${host}" to listen at. Write for example 0.0.0.0.`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    refuse(`found the port ${port} to listen at. Write one from 1 to 65535.`);
  }
  if (!plainHeader.test(sessionHeader)) {
    refuse(`found the header "${sessionHeader}". Write its name in lower case.`);
  }
  if (healthPath !== undefined && !plainPath.test(healthPath)) {
    refuse(`found the path "${healthPath}". Write one such as /health.`);
  }
}

/** Host and port of a replica, which URLs leave out where it is 80. */
export function hostAndPort({ hostname, port }: URL): string {
  return `${hostname}:${port === '' ? 80 : port}`;
}

/** For a comment: what would end the line, or is no letter anywhere, is a space. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
