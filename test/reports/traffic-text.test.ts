import { expect, test } from 'vitest';
import { previewTraffic } from '../../experiments/preview/preview-traffic.ts';
import { measuredText } from '../../reports/format.ts';
import { arrivalsText } from '../../reports/traffic/arrivals-text.ts';
import { bar, type Canvas, columnCell } from '../../reports/traffic/canvas.ts';
import { lengthsText } from '../../reports/traffic/lengths-text.ts';
import { libraryScenario, smallScenario } from '../support/scenarios.ts';

const preview = previewTraffic(libraryScenario('azure-chat'));
const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };

function canvas(width: number, blocks: boolean): Canvas {
  return { style: plain, width, blocks };
}

test.each([80, 81, 100, 137, 160])('pictures of the traffic fit into %i columns', (width) => {
  for (const blocks of [true, false]) {
    const lines = [
      ...arrivalsText(preview, canvas(width, blocks)),
      ...lengthsText(preview.all, canvas(width, blocks)),
    ];
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines.length).toBeGreaterThan(20);
  }
});

test('without block characters, all of a picture is ASCII', () => {
  const lines = [
    ...arrivalsText(preview, canvas(80, false)),
    ...lengthsText(preview.all, canvas(80, false)),
  ];
  expect(lines.join('')).toMatch(/^[ -~]*$/);
});

test('the end of the warm-up stands where it ends', () => {
  const lines = arrivalsText(preview, canvas(96, true));
  const axis = lines.at(-2)!;
  const [start, warm] = [axis.indexOf('└') + 1, axis.indexOf('┴')];
  expect((warm - start) / (axis.length - start)).toBeCloseTo(120 / 720, 2);
  expect(lines.at(-1)!.indexOf('2m measured')).toBe(warm);
  expect(lines.at(-1)).toMatch(/12m$/);
});

test('the labels of a short warm-up keep clear of each other', () => {
  for (const warmup of ['10s', '1m', '2m', '3m', '4m', '5m', '15m']) {
    const short = previewTraffic(smallScenario({ warmup, duration: '60m' }));
    expect(arrivalsText(short, canvas(96, true)).at(-1)).toMatch(
      /^ +(0s|warm|0s warm-up) +(\d+m measured +)?\w+$/,
    );
  }
});

test('a run without a warm-up says so', () => {
  expect(measuredText(3_600e6, 0)).toBe('1h, no warm-up');
  expect(measuredText(600e6, 120e6)).toBe('10m after 2m of warm-up');
});

test('a column is as high, and a bar as long, as its value says', () => {
  for (const blocks of [true, false]) {
    const heights = Array.from({ length: 65 }, (_, step) => {
      const cells = Array.from({ length: 8 }, (_, row) =>
        columnCell(step / 8, row, canvas(80, blocks)),
      );
      return cells.reduce(
        (sum, cell) => sum + Math.max(0, ' ▁▂▃▄▅▆▇█'.indexOf(cell), ' .  :   #'.indexOf(cell)),
        0,
      );
    });
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect([heights[0], heights[64]]).toEqual([0, 64]);
  }
  expect(bar(3.5, canvas(80, true))).toBe('███▌');
  expect(bar(3.4, canvas(80, false))).toBe('###');
  expect([bar(0, canvas(80, true)), bar(0.001, canvas(80, true))]).toEqual(['', '▏']);
});
