import { afterEach, expect, test } from 'vitest';
import { type Emulation, emulate, post } from './support/emulation.ts';

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

interface Line {
  readonly seq: number;
  readonly events: readonly { readonly type: string; readonly block_hashes?: number[] }[];
}

/** Reads line by line, for as long as the caller goes on. */
async function* follow(address: string): AsyncGenerator<Line> {
  const answer = await fetch(address);
  let text = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    const lines = `${text}${piece}`.split('\n');
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}

/** What a follower believes to be in the cache. */
class Index {
  readonly held = new Set<number>();

  hear({ events }: Line): void {
    for (const { block_hashes: hashes = [], type } of events) {
      if (type === 'AllBlocksCleared') this.held.clear();
      else if (type === 'BlockStored') for (const hash of hashes) this.held.add(hash);
      else for (const hash of hashes) expect(this.held.delete(hash)).toBe(true);
    }
  }
}

const ask = (running: Emulation, from: number) => {
  const prompt = Array.from({ length: 160 }, (_, i) => from + i);
  const body = { prompt, max_tokens: 1, ignore_eos: true };
  return post(running.address('/v1/completions'), body).then((answer) => answer.json());
};

test('whoever follows the events knows what is cached, however late it begins', async () => {
  // The first prompts lose their blocks to the later ones.
  emulation = await emulate({ engine: { numGpuBlocksOverride: 140 } });
  const [early, late] = [new Index(), new Index()];
  const first = follow(emulation.address('/kv_events'));
  const numbers: number[] = [];
  early.hear((await first.next()).value as Line);
  for (let i = 0; i < 20; i++) await ask(emulation, i * 1_000);
  late.hear((await follow(emulation.address('/kv_events')).next()).value as Line);
  const isLikeLate = () => [...early.held].sort().join() === [...late.held].sort().join();
  while (!isLikeLate()) {
    const { value } = (await first.next()) as { value: Line };
    numbers.push(value.seq);
    early.hear(value);
  }
  expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
  expect(late.held.size).toBeGreaterThan(100);
  expect(late.held.size).toBeLessThan(140);
});

test('a new process has an empty cache', async () => {
  emulation = await emulate();
  await ask(emulation, 0);
  const lines = follow(emulation.address('/kv_events'));
  const index = new Index();
  index.hear((await lines.next()).value as Line);
  expect(index.held.size).toBe(10);
  await post(emulation.address('/fault'), { kind: 'hang' });
  await post(emulation.address('/fault'), { kind: 'none' });
  // Its connection breaks with the old process.
  await expect(lines.next()).rejects.toThrow();
  const again = new Index();
  again.hear((await follow(emulation.address('/kv_events')).next()).value as Line);
  expect(again.held.size).toBe(0);
});
