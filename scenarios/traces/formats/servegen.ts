import { z } from 'zod';
import { ServeGenReader } from '../servegen/read-servegen.ts';
import { servegenRows } from '../servegen/servegen-rows.ts';
import { TarReader } from '../tar-reader.ts';
import { defineTraceFormat } from '../trace-format.ts';

export default defineTraceFormat({
  kind: 'servegen',
  summary: 'ServeGen, a folder or .tar.gz of it: a model of clients, from which rows are drawn.',
  options: {
    outages: z
      .enum(['interpolate', 'cut'])
      .default('interpolate')
      .describe('What to do with windows in which no client sent anything.')
      .meta({ examples: ['cut'] }),
    duplicates: z
      .enum(['drop', 'keep'])
      .default('drop')
      .describe('What to do with clients whose rates are those of another.')
      .meta({ examples: ['keep'] }),
    fromHour: z
      .number()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('Hour of the model to start with, without drawing those before.')
      .meta({ examples: [34] }),
  },
  detect: ({ text }) => text.startsWith('ustar', 257) && /chunk-\d+-/.test(text),
  create({ outages, duplicates, fromHour }, { name, seed }) {
    const reader = new ServeGenReader(name);
    const tar = new TarReader({ name, onFile: (file) => reader.file(file) });
    let notes: string[] = [];
    return {
      assumed: { outages, duplicates, fromHour, hourZero: 'local midnight' },
      notes: () => notes,
      push(bytes) {
        tar.push(bytes);
        return [];
      },
      end() {
        tar.end();
        const drawn = servegenRows(reader.model(), { outages, duplicates, fromHour, seed });
        notes = drawn.notes;
        return drawn.rows;
      },
    };
  },
});
