import { bodyField, bodyFields } from '../proxy/prompt/body-fields.ts';
import { jsonBytes } from '../proxy/prompt/json-bytes.ts';
import { PromptReader } from '../proxy/prompt/prompt-reader.ts';
import { cpuSeconds, medianCostS } from './measure.ts';
import { atLeast, type Benchmark } from './result.ts';

/** Text with a line or a quote every hundred bytes, as it is in chats. */
const prose =
  'The quick brown fox "jumps" over the lazy dog, and then it goes on for quite a while.\n\nWhy? Because nobody stops it at all, and there is more to be said of it in the next few lines of the text. ';

const headers = { 'content-type': 'application/json' };

/** What the proxy tells of a request from its body, against parsing it. */
export function requestBodyBenchmarks(): Map<string, Benchmark> {
  const benchmarks = new Map<string, Benchmark>();
  for (const kilobytes of [1, 8, 32, 1_024]) {
    benchmarks.set(`bodies.scan${kilobytes}kVsParse`, () =>
      atLeast(1, timesFasterThanParsing(kilobytes), 'times as fast as JSON.parse'),
    );
  }
  benchmarks.set('bodies.hashed32kPerCpuS', () =>
    atLeast(1e6 / 60, 1 / medianCostS(hashed32k), 'bodies of 32 KB per CPU second'),
  );
  return benchmarks;
}

function timesFasterThanParsing(kilobytes: number): number {
  const body = bodyOf(kilobytes * 1_024);
  const times = Math.max(20, Math.round(30_000 / kilobytes));
  const fields = bodyFields();
  const parse = () => JSON.parse(body.toString()) as unknown;
  const scan = () => {
    fields.scan(jsonBytes(body), 0);
    if (fields.from[bodyField.stream]! < 0) throw new Error('nothing was found');
  };
  const ratios = Array.from({ length: 9 }, () => cost(parse, times) / cost(scan, times));
  return ratios.sort((a, b) => a - b)[4]!;
}

function hashed32k(): number {
  const reader = new PromptReader({ needsPrefix: true, countsText: true, blockTokens: 16 });
  const body = bodyOf(32 * 1_024);
  const times = 2_000;
  for (let i = 0; i < times; i++) reader.read(body, headers);
  return times;
}

function cost(work: () => void, times: number): number {
  const before = cpuSeconds();
  for (let i = 0; i < times; i++) work();
  return cpuSeconds() - before;
}

function bodyOf(bytes: number): Buffer {
  const messages = [{ role: 'system', content: 'You are a helpful assistant.' }];
  for (let left = bytes - 250; left > 0; left -= 1_500) {
    const role = messages.length % 2 === 1 ? 'user' : 'assistant';
    messages.push({ role, content: prose.repeat(8).slice(0, Math.min(left, 1_500)) });
  }
  const model = 'meta-llama/Llama-3.1-8B-Instruct';
  return Buffer.from(JSON.stringify({ model, messages, max_tokens: 256, stream: true }));
}
