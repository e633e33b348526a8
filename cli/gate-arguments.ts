import { InvalidArgumentError } from '@commander-js/extra-typings';
import { suggestion } from '../core/closest.ts';
import {
  type GateMetricName,
  gateMetricNames,
  type Tolerance,
} from '../experiments/gate/gated-metrics.ts';

/** `ttftP99=3%` or `0.03` for one figure, `0` for all of them; may be given several times. */
export function toleranceChoice(text: string, before: Tolerance[] = []): Tolerance[] {
  const [, name, figure, percent] = /^(?:([^=]*)=)?([\d.]+)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(figure) / (percent === '%' ? 100 : 1);
  if (figure === undefined || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError(
      `Write ttftP99=3% for one figure, or 0 for all of them, less than 100 %, not "${text}".`,
    );
  }
  return [...before, { value, ...(name === undefined ? {} : { metric: gateMetric(name) }) }];
}

/** May be given several times. */
export function metricChoice(text: string, before: GateMetricName[] = []): GateMetricName[] {
  return [...before, ...text.split(',').map((name) => gateMetric(name.trim()))];
}

function gateMetric(text: string): GateMetricName {
  const found = gateMetricNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(suggestion(text, gateMetricNames));
}
