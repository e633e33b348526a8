import { connect, type Socket } from 'node:net';

/**
 * Plays one kind of load against an address and prints what it measured as one line of JSON. Every
 * client has a connection and sends its next request when the last one is answered. The window that
 * counts is told to the parent, which looks at the CPU time of the proxy then.
 */
interface Load {
  readonly port: number;
  readonly clients: number;
  /** What `x-paced` says; absent for short requests. */
  readonly paced?: { chunks: number; gapMs: number; bytes: number };
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What was measured in the window. */
export interface LoadResult {
  readonly requests: number;
  readonly chunks: number;
  readonly errors: number;
  readonly ttftP50Us: number | null;
  readonly ttftP99Us: number | null;
  /** From the writing of a chunk to its reading. */
  readonly delayP50Us: number | null;
  readonly delayP99Us: number | null;
}

const load = JSON.parse(process.argv[2]!) as Load;
const { paced } = load;
const body = JSON.stringify({
  model: 'Llama-3.1-8B',
  messages: [{ role: 'user', content: 'why is the sky blue? '.repeat(20) }],
  stream: paced !== undefined,
  max_tokens: 100,
});
const request = [
  'POST /v1/chat/completions HTTP/1.1',
  'Host: 127.0.0.1',
  'Content-Type: application/json',
  `Content-Length: ${body.length}`,
  ...(paced ? [`X-Paced: ${paced.chunks} ${paced.gapMs} ${paced.bytes}`] : []),
  '',
  body,
].join('\r\n');

const ttftUs: number[] = [];
const delayUs: number[] = [];
let requests = 0;
let chunks = 0;
let errors = 0;
let isCounting = false;
const sockets: Socket[] = [];

const nowUs = () => Number(process.hrtime.bigint() / 1_000n);

function start(): void {
  const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
  sockets.push(socket);
  let sentUs = 0;
  let isFirst = true;
  const send = () => {
    sentUs = nowUs();
    isFirst = true;
    socket.write(request);
  };
  socket.on('connect', send);
  socket.on('error', () => {
    errors += 1;
  });
  let carry = '';
  socket.on('data', (data: Buffer) => {
    const atUs = nowUs();
    const text = carry + data.toString('latin1');
    if (paced === undefined) {
      if (!text.endsWith('}}')) {
        carry = text;
        return;
      }
      carry = '';
      if (!text.startsWith('HTTP/1.1 200')) errors += 1;
      if (isCounting) {
        requests += 1;
        ttftUs.push(atUs - sentUs);
      }
      send();
      return;
    }
    let at = text.indexOf('"t":"');
    while (at >= 0 && at + 21 <= text.length) {
      if (isFirst && isCounting) ttftUs.push(atUs - sentUs);
      isFirst = false;
      if (isCounting) {
        chunks += 1;
        delayUs.push(atUs - Number(text.slice(at + 5, at + 21)));
      }
      at = text.indexOf('"t":"', at + 21);
    }
    if (text.endsWith('0\r\n\r\n')) {
      carry = '';
      if (isCounting) requests += 1;
      send();
    } else {
      carry = text.slice(-24).replaceAll('"t":"', '');
    }
  });
}

const streamMs = paced === undefined ? 100 : paced.chunks * paced.gapMs;
/** Over the time of a stream, so that streams go on beginning and ending evenly. */
const startingMs = Math.min(streamMs, 0.8 * load.warmUpMs);
const beginMs = performance.now();
let started = 0;
const starter = setInterval(() => {
  const due = (load.clients * (performance.now() - beginMs)) / startingMs;
  for (; started < Math.min(due, load.clients); started++) start();
  if (started >= load.clients) clearInterval(starter);
}, 1);

setTimeout(() => {
  isCounting = true;
  process.send?.('begin');
  setTimeout(() => {
    isCounting = false;
    process.send?.('end');
    const quantile = (values: number[], q: number) => {
      values.sort((a, b) => a - b);
      return values[Math.min(values.length - 1, Math.floor(values.length * q))] ?? null;
    };
    const result: LoadResult = {
      requests,
      chunks,
      errors,
      ttftP50Us: quantile(ttftUs, 0.5),
      ttftP99Us: quantile(ttftUs, 0.99),
      delayP50Us: quantile(delayUs, 0.5),
      delayP99Us: quantile(delayUs, 0.99),
    };
    process.send?.(result);
    for (const socket of sockets) socket.destroy();
    process.disconnect?.();
  }, load.measureMs);
}, load.warmUpMs);
