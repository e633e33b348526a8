import { connect } from 'node:net';

// So many streams at once over all replicas, each begun anew when it has ended. Nothing is looked
// at but the end of an answer: this is to be no part of what is measured.

const [clients, tokens, ...urls] = process.argv.slice(2);
const ports = urls.map((url) => Number(new URL(url).port));

for (let client = 0; client < Number(clients); client++) {
  // Not all at once: the first prompts would all be computed in one step.
  setTimeout(() => stream(ports[client % ports.length]!, client), client * 4);
}

function stream(port: number, client: number): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let turn = 0;
  const send = () => {
    turn += 1;
    const prompt = Array.from({ length: 100 }, (_, i) => client * 1_000_003 + turn * 1_009 + i);
    // Answers of different lengths do not end together.
    const most = Math.round(Number(tokens) * (0.5 + ((client * 7 + turn * 13) % 100) / 100));
    const body = JSON.stringify({ prompt, max_tokens: most, ignore_eos: true, stream: true });
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nHost: bench\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'latin1',
    );
  };
  socket.on('connect', send);
  socket.on('data', (data) => {
    if (data.toString('latin1', Math.max(0, data.length - 5)) === '0\r\n\r\n') send();
  });
  socket.on('error', (error) => {
    throw error;
  });
}
