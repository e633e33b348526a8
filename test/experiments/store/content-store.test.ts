import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ContentStore,
  contentKey,
  contentStore,
} from '../../../experiments/store/content-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Watched extends ContentStore {
  readonly told: string[];
}

function watchedStore(folder = temporaryFolder()): Watched {
  const told: string[] = [];
  const tell = (message: string) => void told.push(message);
  return { ...contentStore(folder, { onDamaged: tell, onUnwritable: tell }), told };
}

function pathOf({ folder }: ContentStore, key: string): string {
  return join(folder, key.slice(0, 2), `${key}.json`);
}

test('what is put in comes out, and nothing else is ever there', () => {
  const store = watchedStore();
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (question, answer) => {
      const plain = JSON.parse(JSON.stringify(answer)) as unknown;
      const key = contentKey({ question });
      store.put(key, answer);
      expect(store.get(key)).toEqual(plain);
    }),
  );
  expect(store.get(contentKey('never asked'))).toBeUndefined();
  expect(store.told).toEqual([]);
  const files = readdirSync(store.folder, { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => file.endsWith('.part'))).toEqual([]);
});

test('half a file and a flipped bit are told of, and never read as an answer', () => {
  const store = watchedStore();
  const answer = { metrics: { ttftP99Ms: 1_316.75, none: null }, replicas: ['a', 'b'] };
  const key = contentKey('question');
  store.put(key, answer);
  const path = pathOf(store, key);
  const whole = readFileSync(path);
  const damage = fc.record({ at: fc.nat(whole.length - 2), bit: fc.nat(7), cut: fc.boolean() });
  fc.assert(
    fc.property(damage, ({ at, bit, cut }) => {
      const damaged = Buffer.from(cut ? whole.subarray(0, at) : whole);
      if (!cut) damaged[at]! ^= 1 << bit;
      writeFileSync(path, damaged);
      const before = store.told.length;
      const read = store.get(key);
      // The only flips that may pass are those JSON does not see, such as a space for a line end.
      if (read !== undefined) expect(read).toEqual(answer);
      else expect(store.told.length).toBe(before + 1);
    }),
    { numRuns: 500 },
  );
  store.put(key, answer);
  expect(store.get(key)).toEqual(answer);
});

test('an answer to another question is refused, whatever its file is called', () => {
  const store = watchedStore();
  const [key, other] = [contentKey('question'), contentKey('other')];
  store.put(other, 'answer');
  mkdirSync(dirname(pathOf(store, key)), { recursive: true });
  renameSync(pathOf(store, other), pathOf(store, key));
  expect(store.get(key)).toBeUndefined();
  expect(store.told).toEqual([expect.stringContaining('it answers another question')]);
});

test.each(['/proc/nowhere', join(import.meta.filename, 'below-a-file')])(
  'where nothing can be written, as in %s, that is told and nothing is lost but time',
  (folder) => {
    const store = watchedStore(folder);
    store.put(contentKey('question'), 'answer');
    expect(store.told).toHaveLength(1);
    expect(store.get(contentKey('question'))).toBeUndefined();
  },
);

test('a disk that is full in the middle of an entry leaves nothing of it', () => {
  const folder = temporaryFolder();
  const module = new URL('../../../dist/experiments/store/content-store.js', import.meta.url);
  const script = `
    import { contentKey, contentStore } from '${module.href}';
    const told = [];
    const tell = (message) => told.push(message);
    const store = contentStore(process.argv[1], { onDamaged: tell, onUnwritable: tell });
    store.put(contentKey('small'), 'fits');
    store.put(contentKey('large'), 'x'.repeat(100_000));
    const read = [store.get(contentKey('small')), store.get(contentKey('large'))];
    console.log(JSON.stringify({ told, read }));
  `;
  // A file may have one block and no more, so that a write ends in the middle.
  const limited = 'trap "" XFSZ; ulimit -f 1; exec "$@"';
  const node = [process.execPath, '--input-type=module', '-e', script, folder];
  const { stderr, stdout } = spawnSync('sh', ['-c', limited, 'sh', ...node], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { read, told } = JSON.parse(stdout) as { read: unknown[]; told: string[] };
  expect(read).toEqual(['fits', null]);
  expect(told).toEqual([expect.stringContaining('EFBIG')]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile())).toHaveLength(1);
});
