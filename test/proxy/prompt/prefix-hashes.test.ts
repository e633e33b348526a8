import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockHasher } from '../../../proxy/prompt/block-hasher.ts';
import { PromptReader } from '../../../proxy/prompt/prompt-reader.ts';
import { type Form, forms, plainForm, texts, writtenObject } from '../../support/json-forms.ts';

const blockTokens = 16;
const blockBytes = 4 * blockTokens;

function reader(mostBlocks = 0): PromptReader {
  return new PromptReader({ needsPrefix: true, countsText: true, blockTokens, mostBlocks });
}

const shared = reader();

function hashesOf(body: object, form: Form = plainForm, by = shared): number[] {
  const written = Buffer.from(writtenObject(Object.entries(body), form));
  return [...by.read(written, { 'content-type': 'application/json' }).prefixHashes];
}

/** How many leading blocks two bodies share; all later ones have to differ. */
function sharedBlocks(one: object, other: object): number {
  const [ones, others] = [hashesOf(one), hashesOf(other)];
  const first = ones.findIndex((hash, block) => hash !== others[block]);
  const same = first < 0 ? ones.length : first;
  expect(ones.slice(same).some((hash) => others.includes(hash))).toBe(false);
  return same;
}

const prose = (seed: string, bytes: number) => `${seed} and so on. `.repeat(bytes).slice(0, bytes);
const message = (role: string, content: unknown) => ({ role, content });
const chat = (...messages: object[]) => ({ model: 'm', messages });

describe('hashes of a text', () => {
  test('are one for each whole block, and equal exactly up to the first difference', () => {
    const text = prose('abc', 40_000);
    const whole = hashesOf({ model: 'm', prompt: text });
    expect(whole).toHaveLength(Math.floor(text.length / blockBytes));
    for (const at of [0, 63, 64, 8_191, 8_192, 20_001, 39_990]) {
      const other = `${text.slice(0, at)}#${text.slice(at + 1)}`;
      const same = Math.min(whole.length, Math.floor(at / blockBytes));
      expect(sharedBlocks({ model: 'm', prompt: other }, { model: 'm', prompt: text })).toBe(same);
    }
    for (const bytes of [63, 64, 65, 127, 8_192, 30_000]) {
      const hashes = hashesOf({ model: 'm', prompt: text.slice(0, bytes) });
      expect(hashes).toEqual(whole.slice(0, Math.floor(bytes / blockBytes)));
    }
  });

  test('are the same however it is escaped, and differ where it differs', () => {
    fc.assert(
      fc.property(texts, texts, forms, fc.nat(120), (one, other, form, repeats) => {
        const text = one + other.repeat(repeats);
        const bytes = Buffer.from(writtenUtf8(text));
        const plain = hashesOf({ model: 'm', prompt: text });
        expect(plain).toHaveLength(Math.floor(bytes.length / blockBytes));
        expect(hashesOf({ model: 'm', prompt: text }, form)).toEqual(plain);
      }),
      { seed: 9, numRuns: 150 },
    );
  });

  test('are of the text and the model, and of a salt if there is one', () => {
    const prompt = prose('abc', 640);
    const of = (more: object) => hashesOf({ model: 'm', prompt, ...more });
    expect(of({ temperature: 1, user: 'u' })).toEqual(of({}));
    for (const other of [{ model: 'n' }, { cache_salt: 's' }]) {
      expect(of(other).filter((hash) => of({}).includes(hash))).toEqual([]);
    }
  });

  test('end where they are enough', () => {
    const body = { model: 'm', prompt: prose('abc', 20_000) };
    expect(hashesOf(body, plainForm, reader(5))).toEqual(hashesOf(body).slice(0, 5));
  });

  test('are of the first of several prompts', () => {
    const first = prose('abc', 1_000);
    const several = { model: 'm', prompt: [first, prose('def', 1_000)] };
    expect(hashesOf(several)).toEqual(hashesOf({ model: 'm', prompt: first }));
  });
});

describe('hashes of a chat', () => {
  test('stay those of its beginning from turn to turn', () => {
    const messages: object[] = [message('system', prose('be kind', 700))];
    let last: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      messages.push(message('user', prose(`question ${turn}`, 40 * turn + 10)));
      const now = hashesOf(chat(...messages));
      expect(now.slice(0, last.length)).toEqual(last);
      expect(now.length).toBeGreaterThan(last.length);
      last = now;
      messages.push({ ...message('assistant', prose(`answer ${turn}`, 90)), refusal: null });
    }
  });

  test('are the same for what means the same', () => {
    const text = prose('é "quoted" \n', 2_000);
    const usual = hashesOf(chat(message('system', 'be kind'), message('user', text)));
    expect(usual.length).toBeGreaterThan(30);
    const other = { tool_calls: [], name: null, refusal: null, annotations: [] };
    for (const same of [
      { content: text, role: 'user' },
      { ...other, role: 'user', content: text },
      { role: 'user', ...other, content: text },
      { role: 'user', content: text, ...other },
      { role: 'user', content: [{ type: 'text', text }] },
      { role: 'user', content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] },
    ]) {
      expect(hashesOf(chat(message('system', 'be kind'), same))).toEqual(usual);
    }
    const body = { tools: [], max_tokens: 5, ...chat({ content: 'be kind', role: 'system' }) };
    body.messages.push(message('user', text));
    fc.assert(
      fc.property(forms, (form) => {
        expect(hashesOf(body, form)).toEqual(usual);
      }),
      { seed: 10, numRuns: 60 },
    );
  });

  test('differ from where the meaning differs', () => {
    const text = prose('abc', 640);
    const usual = chat(message('user', text), message('user', text));
    const differing: [object, number, number][] = [
      [chat(message('user', text), message('assistant', text)), 10, 10],
      [chat(message('user', text + text)), 10, 10],
      [
        chat(
          message('user', [
            { type: 'text', text },
            { type: 'text', text },
          ]),
        ),
        10,
        10,
      ],
      [chat(message('user', text), { ...message('user', text), name: 'x' }), 20, 20],
      [chat(message('system', text), message('user', text)), 0, 0],
      [{ ...usual, tools: [{ type: 'function', function: { name: 'f' } }] }, 0, 0],
      [{ ...usual, model: 'n' }, 0, 0],
    ];
    for (const [other, least, most] of differing) {
      const same = sharedBlocks(other, usual);
      expect([same >= least, same <= most], JSON.stringify(other).slice(0, 80)).toEqual([
        true,
        true,
      ]);
    }
  });

  test('know an image by samples of it, and take it for as much text as it counts', () => {
    const image = (data: string) => ({ type: 'image_url', image_url: { url: `data:,${data}` } });
    const of = (data: string) =>
      chat(message('user', [image(data), { type: 'text', text: prose('what is it', 640) }]));
    const cat = prose('cat', 300_000);
    expect(hashesOf(of(cat))).toHaveLength(Math.floor((1_024 * 4 + 640) / blockBytes));
    expect(hashesOf(of(cat))).toEqual(hashesOf(of(cat)));
    expect(sharedBlocks(of(cat), of(`${cat}.`))).toBe(0);
    expect(sharedBlocks(of(cat), of(prose('dog', 300_000)))).toBeLessThan(3);
    expect(sharedBlocks(of('a'), of('b'))).toBe(0);
  });
});

describe('hashes of numbers of tokens', () => {
  const ids = Array.from({ length: 2_500 }, (_, i) => (i * 7_919) % 128_000);

  test('are cut by tokens', () => {
    const whole = hashesOf({ model: 'm', prompt: ids });
    expect(whole).toHaveLength(Math.floor(ids.length / blockTokens));
    expect(hashesOf({ model: 'm', prompt: ids.slice(0, 47) })).toEqual(whole.slice(0, 2));
    const other = ids.with(1_000, 5);
    expect(sharedBlocks({ model: 'm', prompt: other }, { model: 'm', prompt: ids })).toBe(62);
  });

  test('are the same in any of the forms that a prompt may have', () => {
    const usual = hashesOf({ model: 'm', prompt: ids });
    expect(hashesOf({ model: 'm', prompt: [ids, [1, 2, 3]] })).toEqual(usual);
    expect(hashesOf({ model: 'm', input: ids })).toEqual(usual);
    expect(hashesOf({ model: 'm', prompt: ids }, (most) => 3 % most)).toEqual(usual);
  });
});

describe('the hash', () => {
  const blockOf = (words: Uint32Array, seed = '') => {
    const hasher = new BlockHasher({ blockTokens: words.length, mostBlocks: 0 });
    hasher.begin(seed);
    hasher.add(words, words.length);
    return hasher.hashes()[0]!;
  };

  test.each([15, 16])('differs for a million blocks of %i words', (size) => {
    const words = new Uint32Array(size);
    const hashes = new Float64Array(1_000_000);
    const hasher = new BlockHasher({ blockTokens: size, mostBlocks: 0 });
    for (let i = 0; i < hashes.length; i++) {
      // They differ in a few bits of one word each, as short counters in texts do.
      words[(i >>> 4) % size] = i;
      hasher.begin('');
      hasher.add(words, size);
      hashes[i] = hasher.hashes()[0]!;
    }
    hashes.sort();
    expect(hashes.some((hash, i) => hash === hashes[i - 1])).toBe(false);
    expect(hashes.every(Number.isSafeInteger)).toBe(true);
  });

  test('changes half of its bits with each bit of a block', () => {
    const words = Uint32Array.from({ length: 16 }, (_, i) => i * 2_654_435_761);
    const usual = BigInt(blockOf(words));
    let changed = 0;
    for (let bit = 0; bit < 512; bit++) {
      words[bit >> 5]! ^= 1 << (bit & 31);
      const bits = (BigInt(blockOf(words)) ^ usual).toString(2).replaceAll('0', '').length;
      words[bit >> 5]! ^= 1 << (bit & 31);
      // By chance one of 512 is out of these about once in 10,000 times.
      expect(bits).toBeGreaterThan(9);
      expect(bits).toBeLessThan(44);
      changed += bits;
    }
    expect(changed / 512 / 53).toBeCloseTo(0.5, 1);
  });

  test('is the same for ever, so that gateways agree', () => {
    expect(blockOf(Uint32Array.of(1, 2, 3), 'seed')).toBe(7_614_770_326_255_222);
  });
});

/** As JavaScript would, but for halves of pairs, which get bytes of their own. */
function writtenUtf8(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '€',
  );
}
