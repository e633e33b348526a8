import { FairleadError } from '../core/errors.ts';
import { type Comparator, latencyMetrics, statistics, type Threshold } from '../core/slo.ts';
import { parseDurationUs } from '../core/time.ts';

/**
 * Reads a service level objective:
 *
 *   threshold = latency | goodput
 *   latency   = ("ttft" | "tpot" | "e2e") "." statistic ("<" | "<=") duration
 *   statistic = "mean" | "p50" | "p90" | "p95" | "p99" | "p99.9"
 *   goodput   = "goodput" (">" | ">=") percentage
 */
export function parseThreshold(text: string): Threshold {
  const match = /^\s*([a-z0-9.]+)\s*(<=|>=|<|>)\s*(.+?)\s*$/.exec(text);
  if (match === null) throw wrong(text, 'it has no comparison');
  const [name, comparator, limit] = [match[1]!, match[2] as Comparator, match[3]!];
  if (name === 'goodput') return parseGoodput(text, comparator, limit);
  const dot = name.indexOf('.');
  const metric = latencyMetrics.find((known) => known === name.slice(0, dot));
  const statistic = statistics.find((known) => known === name.slice(dot + 1));
  if (metric === undefined) throw wrong(text, `"${name}" is not a metric with a statistic`);
  if (statistic === undefined) throw wrong(text, `"${name.slice(dot + 1)}" is not a statistic`);
  if (comparator.startsWith('>')) throw wrong(text, 'a latency is bounded from above, with <');
  const limitUs = parseDurationUs(limit);
  if (limitUs === undefined || limitUs === 0) {
    throw wrong(text, `"${limit}" is not a duration above zero`);
  }
  return { kind: 'latency', text: text.trim(), metric, statistic, comparator, limitUs };
}

function parseGoodput(text: string, comparator: Comparator, limit: string): Threshold {
  if (comparator.startsWith('<')) throw wrong(text, 'goodput is bounded from below, with >');
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(limit);
  if (percent === null) throw wrong(text, `"${limit}" is not a percentage`);
  const limitShare = Number(percent[1]) / 100;
  if (limitShare <= 0 || limitShare >= 1) throw wrong(text, 'goodput lies between 0% and 100%');
  return { kind: 'goodput', text: text.trim(), comparator, limitShare };
}

function wrong(text: string, reason: string): FairleadError {
  const examples = '"ttft.p99 < 500ms", "tpot.p99 < 50ms", "goodput > 95%"';
  return new FairleadError('SLO_SYNTAX', `"${text}": ${reason}. Write for example ${examples}.`);
}
