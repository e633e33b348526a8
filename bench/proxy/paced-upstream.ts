import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * A replica that does nothing but keep time: what a client asks for by the header `x-paced`
 * ("100 50 200": chunks, milliseconds between them, bytes of each) comes as a stream, anything else
 * gets a short answer at once. Each chunk carries the time at which it was written. It speaks raw
 * HTTP, so that it takes less of its core than the proxy before it.
 */
const port = Number(process.argv[2]);
const server = createServer({ noDelay: true }, serve);
server.listen(port, '127.0.0.1', 8_192, () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit());

interface Stream {
  readonly socket: Socket;
  readonly padding: string;
  readonly gapMs: number;
  left: number;
  dueMs: number;
}

/** Who says it, so that a reader sees when an answer is of two. */
const replica = String(process.pid).padStart(9, '0');

const wheel: Stream[][] = Array.from({ length: 4_096 }, () => []);
let tick = Math.floor(performance.now());
setInterval(() => {
  const nowMs = Math.floor(performance.now());
  for (; tick <= nowMs; tick++) {
    const due = wheel[tick % wheel.length]!;
    if (due.length === 0) continue;
    wheel[tick % wheel.length] = [];
    for (const stream of due) write(stream);
  }
}, 1);

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let head = '';
  let bodyLeft = 0;
  socket.on('data', (data) => {
    let text = data.toString('latin1');
    while (text.length > 0) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, text.length);
        bodyLeft -= taken;
        text = text.slice(taken);
        if (bodyLeft === 0) answer(socket, head);
        continue;
      }
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) throw new Error('a head in pieces');
      head = text.slice(0, end);
      text = text.slice(end + 4);
      bodyLeft = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (bodyLeft === 0) answer(socket, head);
    }
  });
}

const shortBody = `{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${'x'.repeat(200)}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150}}`;
const shortAnswer = `HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-length: ${shortBody.length}\r\ncontent-type: application/json\r\n\r\n${shortBody}`;
const streamHead =
  'HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n';

function answer(socket: Socket, head: string): void {
  const paced = /x-paced: (\d+) (\d+) (\d+)/i.exec(head);
  if (paced === null) {
    socket.write(shortAnswer, 'latin1');
    return;
  }
  const [chunks, gapMs, bytes] = paced.slice(1).map(Number) as [number, number, number];
  const padding = 'x'.repeat(Math.max(0, bytes - 53));
  socket.write(streamHead, 'latin1');
  write({ socket, padding, gapMs, left: chunks, dueMs: performance.now() });
}

function write(stream: Stream): void {
  const { socket } = stream;
  if (socket.destroyed) return;
  const us = String(Math.floor(Number(process.hrtime.bigint() / 1_000n))).padStart(16, '0');
  const event = `data: {"t":"${us}","r":"${replica}","x":"${stream.padding}"}\n\n`;
  stream.left -= 1;
  const end = stream.left === 0 ? '0\r\n\r\n' : '';
  socket.write(`${event.length.toString(16)}\r\n${event}\r\n${end}`, 'latin1');
  if (stream.left === 0) return;
  stream.dueMs += stream.gapMs;
  const at = Math.max(tick, Math.floor(stream.dueMs));
  wheel[at % wheel.length]!.push(stream);
}
