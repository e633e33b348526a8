// A server of OpenAI's API that answers after fixed times, in a process of its own: what a load
// generator reports can be held against it. It prints its port. GET /stats tells how long it really
// took, by its own clock; it knows nothing of HTTP but what our own client sends.
//   node raw-server.mjs '{"firstMs": 20, "gapMs": 10, "stallEveryMs": 10000, "stallMs": 2000}'
import { createServer } from 'node:net';

const options = JSON.parse(process.argv[2] ?? '{}');
const { firstMs = 20, gapMs = 10 } = options;
const { firstStallMs = Infinity, stallEveryMs = 0, stallMs = 0 } = options;
const startedMs = performance.now();
const firstsUs = [];
const requests = [];
let chunks = 0;

/** Streams wait here for their next chunk, by the time of it; all gaps are equal, so this is a queue. */
const firsts = [];
const gaps = [];
let timer;

function frame(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function event(text, reason) {
  const choice = `{"index":0,"text":"${text}","logprobs":null,"finish_reason":${reason},"stop_reason":null}`;
  return `data: {"id":"cmpl-0123456789abcdef0123456789abcdef","object":"text_completion","created":1700000000,"model":"raw","choices":[${choice}],"usage":null}\n\n`;
}

const token = Buffer.from(frame(event(' word', 'null')));
const head =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n';

function lastOf({ prompt, tokens }) {
  const usage = `{"prompt_tokens":${prompt},"total_tokens":${prompt + tokens},"completion_tokens":${tokens},"prompt_tokens_details":null}`;
  const sum = `data: {"id":"cmpl-0","object":"text_completion","created":1,"model":"raw","choices":[],"usage":${usage}}\n\n`;
  return [
    frame(event(' end', '"length"')),
    frame(sum),
    frame('data: [DONE]\n\n'),
    '0\r\n\r\n',
  ].join('');
}

/** While it stalls, nobody gets anything; what was due then is sent when it is over. */
function stalledUntil(nowMs) {
  const sinceMs = nowMs - startedMs - firstStallMs;
  if (sinceMs < 0) return 0;
  const intoMs = stallEveryMs > 0 ? sinceMs % stallEveryMs : sinceMs;
  return intoMs < stallMs ? nowMs - intoMs + stallMs : 0;
}

function send(stream, nowMs) {
  if (stream.socket.destroyed) return;
  stream.sent += 1;
  chunks += 1;
  if (stream.sent === 1) firstsUs.push((nowMs - stream.readMs) * 1_000);
  const begin = stream.sent === 1 ? head : '';
  if (stream.sent === stream.tokens) {
    stream.socket.write(begin + lastOf(stream));
    return;
  }
  if (begin !== '') stream.socket.write(begin);
  stream.socket.write(token);
  stream.dueMs = nowMs + gapMs;
  gaps.push(stream);
}

function serve() {
  timer = undefined;
  const nowMs = performance.now();
  const untilMs = stalledUntil(nowMs);
  if (untilMs === 0) {
    for (const queue of [firsts, gaps]) {
      let count = 0;
      while (count < queue.length && queue[count].dueMs <= nowMs) count += 1;
      for (const stream of queue.splice(0, count)) send(stream, nowMs);
    }
  }
  plan(untilMs);
}

function plan(notBeforeMs = 0) {
  const dueMs = Math.max(
    notBeforeMs,
    Math.min(firsts[0]?.dueMs ?? Infinity, gaps[0]?.dueMs ?? Infinity),
  );
  clearTimeout(timer);
  timer =
    dueMs === Infinity
      ? undefined
      : setTimeout(serve, Math.max(0, Math.ceil(dueMs - performance.now())));
}

function answer(socket, status, body) {
  const text = JSON.stringify(body);
  socket.write(
    `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

function take(socket, headText, body) {
  if (headText.startsWith('GET /v1/models'))
    return answer(socket, 200, { object: 'list', data: [{ id: 'raw' }] });
  if (headText.startsWith('GET /stats')) return answer(socket, 200, { chunks, firstsUs, requests });
  if (headText.startsWith('GET ')) return answer(socket, 200, {});
  const tokens = Number(/"max_tokens":(\d+)/.exec(body)[1]);
  const readMs = performance.now();
  // The prompt is a list of numbers: one comma less than tokens.
  const from = body.indexOf('[');
  const to = body.indexOf(']', from);
  let prompt = 1;
  for (let at = body.indexOf(',', from); at >= 0 && at < to; at = body.indexOf(',', at + 1))
    prompt += 1;
  requests.push([readMs - startedMs, prompt, tokens]);
  const stream = { socket, tokens, prompt, readMs, sent: 0, dueMs: readMs + firstMs };
  firsts.push(stream);
  if (timer === undefined || firsts.length + gaps.length === 1 || firsts[0] === stream)
    plan(stalledUntil(readMs));
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const [headText, body] = [text.slice(0, end), text.slice(end + 4, end + 4 + length)];
      text = text.slice(end + 4 + length);
      take(socket, headText, body);
    }
  });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () =>
  console.log(server.address().port),
);
process.on('disconnect', () => process.exit());
