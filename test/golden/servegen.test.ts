import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { duplicateClients } from '../../scenarios/traces/servegen/duplicates.ts';
import { outageWindows } from '../../scenarios/traces/servegen/outages.ts';
import { ServeGenReader } from '../../scenarios/traces/servegen/read-servegen.ts';
import {
  rateAt,
  requestsDuring,
  type ServeGenModel,
} from '../../scenarios/traces/servegen/servegen-model.ts';
import { servegenRows } from '../../scenarios/traces/servegen/servegen-rows.ts';
import { TarReader } from '../../scenarios/traces/tar-reader.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { hasTraceData, traceData } from '../support/trace-data.ts';
import { sum } from '../support/traces.ts';

// What is read of the public ServeGen archives, and what is drawn from them. The figures were
// computed from the files by a plain program of another author.

function modelOf(name: string): ServeGenModel {
  const reader = new ServeGenReader(name);
  const tar = new TarReader({ name, onFile: (file) => reader.file(file) });
  tar.push(gunzipSync(readFileSync(join(traceData, `servegen/${name}.tar.gz`))));
  tar.end();
  return reader.model();
}

/** Of all lengths, by the requests they belong to. */
function meanTokens(model: ServeGenModel, field: 'input' | 'output'): number {
  const parts = model.clients.flatMap((client) =>
    client.lengths.flatMap((lengths) => {
      const table = lengths[field];
      if (table === undefined) return [];
      return [{ weight: requestsDuring(model, client, lengths), mean: table.mean }];
    }),
  );
  return sum(parts.map(({ weight, mean }) => weight * mean)) / sum(parts.map((p) => p.weight));
}

const drawing = { outages: 'interpolate', duplicates: 'drop', fromHour: 0, seed: 1 } as const;

describe.runIf(hasTraceData)('servegen', () => {
  test.each([
    ['servegen-m-large', 162, 1_008, 211_225.0867, [854.897, 169.133], 0, [{ id: 148, of: 112 }]],
    ['servegen-m-small', 43, 2_016, 2_367_597.9767, [86.7619, 13.0964], 37, []],
    ['servegen-deepseek-r1', 37, 144, 874.885, [930.284, 1_286.21], 0, []],
  ])('%s', (name, clients, windows, rates, means, outages, duplicates) => {
    const model = modelOf(name);
    expect(model.windowS).toBe(600);
    expect(model.clients.length).toBe(clients);
    expect(new Set(model.clients.map((client) => client.windows.length))).toEqual(
      new Set([windows]),
    );
    const all = model.clients.flatMap((client) =>
      client.windows.map((_, window) => rateAt(client, window)),
    );
    expect(sum(all)).toBeCloseTo(rates, 3);
    expect(Number(meanTokens(model, 'input').toPrecision(6))).toBe(means[0]);
    expect(Number(meanTokens(model, 'output').toPrecision(6))).toBe(means[1]);
    expect(outageWindows(model).length).toBe(outages);
    expect(duplicateClients(model)).toEqual(duplicates);
  });

  test('a drawn day has the requests, the lengths and the tenants of the model', () => {
    const model = modelOf('servegen-deepseek-r1');
    const { rows } = servegenRows(model, drawing);
    const tenants = new Map<string, number>();
    let [count, input, output, lastUs, inOrder] = [0, 0, 0, 0, true];
    for (const row of rows) {
      inOrder &&= row.arrivalUs >= lastUs;
      lastUs = row.arrivalUs;
      count += 1;
      input += row.promptTokens;
      output += row.outputTokens;
      tenants.set(row.tenant!, (tenants.get(row.tenant!) ?? 0) + 1);
    }
    expect(inOrder).toBe(true);
    expect(Math.abs(count / 524_931 - 1)).toBeLessThan(0.02);
    expect(Math.abs(input / count / 930.284 - 1)).toBeLessThan(0.03);
    expect(Math.abs(output / count / 1_286.21 - 1)).toBeLessThan(0.03);
    expect(tenants.get('client-48')! / count).toBeCloseTo(0.2071, 1);
  });

  test('outages are filled in from the windows around them, or cut out', () => {
    const model = modelOf('servegen-m-small');
    const fromHour = outageWindows(model)[0]! / 6;
    for (const outages of ['interpolate', 'cut'] as const) {
      const { rows } = servegenRows(model, { ...drawing, outages, fromHour });
      let inside = 0;
      for (const { arrivalUs } of rows) {
        if (arrivalUs >= 60e6) break;
        inside += 1;
      }
      // The mean rate of the model is 1,174 requests a second.
      expect(inside, outages).toBeGreaterThan(60 * 300);
    }
  });

  test('an archive is read like any trace, and says what was decided', async () => {
    const play = { untilS: 60, seed: 3 };
    const { rows, summary } = await readPublicTrace('servegen/servegen-m-large.tar.gz', { play });
    expect(summary.notes).toEqual([
      'client 148 is left out: it is client 112 again',
      'clients without lengths, which draw from those of all: 141',
    ]);
    expect(rows.length).toBeGreaterThan(5_000);
    expect(rows[0]).toMatchObject({ line: 0, tenant: expect.stringMatching(/^client-\d+$/) });
    const again = await readPublicTrace('servegen/servegen-m-large.tar.gz', { play });
    expect(again.rows).toEqual(rows);
  });
});
