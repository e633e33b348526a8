import { type AddressInfo, connect, createServer } from 'node:net';

/** One that was free a moment ago, for a program that cannot choose for itself. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answerWithinMs = 2_000;

export function isListening({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port === '' ? 80 : Number(port), hostname.replaceAll(/[[\]]/g, ''));
    socket.once('error', () => resolve(false));
    // A host that drops packets never says no.
    socket.setTimeout(answerWithinMs, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
