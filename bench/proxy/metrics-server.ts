import { createServer, type Socket } from 'node:net';
import { vllmMetricsPage } from './vllm-metrics-page.ts';

// A replica that has nothing but a metrics page, which it sends as uvicorn does: the head by one
// write, and by another the page as a single chunk. Its parent is told the port.

const head = [
  'HTTP/1.1 200 OK',
  'date: Sat, 01 Aug 2026 12:00:00 GMT',
  'server: uvicorn',
  'content-type: text/plain; version=0.0.4; charset=utf-8',
  'transfer-encoding: chunked',
  '\r\n',
].join('\r\n');
const pages = Array.from({ length: 16 }, (_, i) => {
  const page = vllmMetricsPage([{ waiting: i, running: 40 + i, kvUsage: 0.4 + i / 64 }]);
  return Buffer.from(`${page.length.toString(16)}\r\n${page}\r\n0\r\n\r\n`);
});
let served = 0;

const server = createServer({ noDelay: true }, (socket: Socket) => {
  socket.on('error', () => socket.destroy());
  let asked = '';
  socket.on('data', (data) => {
    asked += data.toString('latin1');
    if (!asked.endsWith('\r\n\r\n')) return;
    asked = '';
    socket.write(head, 'latin1');
    socket.write(pages[served++ % pages.length]!);
  });
});
server.listen(0, '127.0.0.1', 256, () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
process.on('disconnect', () => process.exit());
