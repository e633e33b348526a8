import type { Config } from 'vega-lite';

/**
 * Okabe and Ito's palette, which colour-blind readers can tell apart. Text takes `currentColor`, so
 * that the charts follow the page into dark mode.
 */
export const palette = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7f7f7f',
  '#8c6bb1',
];

const text = 'currentColor';
const line = '#8886';
/** Pixels; a strategy with its options and its fleet is a long name. */
const labelLimit = 360;

export const theme: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  range: { category: palette },
  mark: { color: palette[0]! },
  rule: { color: palette[0]! },
  axis: {
    labelColor: text,
    titleColor: text,
    gridColor: line,
    domainColor: line,
    tickColor: line,
    labelFontSize: 12,
    labelLimit,
    titleFontSize: 12,
    titleFontWeight: 'normal',
  },
  legend: {
    symbolStrokeWidth: 3,
    symbolSize: 250,
    labelColor: text,
    titleColor: text,
    labelFontSize: 12,
    labelLimit,
  },
  header: { labelColor: text, titleColor: text, labelFontSize: 12 },
};
