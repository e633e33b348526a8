import { formatNumber } from './format.ts';
import type { PlanCause, PlanCheck, PlanVerdict, SituationKind } from './plan.ts';

/** "ttft.p99 < 2s: 2,431 ms with one replica lost". */
export function causeText(cause: PlanCause, survive: number): string {
  switch (cause.kind) {
    case 'nobody-left':
      return 'no replica would be left';
    case 'saturated':
      return `it falls behind the traffic ${situationText(cause.situation, survive)}`;
    case 'objective': {
      const { check } = cause;
      return `${check.text}: ${valueText(check)} ${situationText(check.situation, survive)}`;
    }
  }
}

export function situationText(kind: SituationKind, survive: number): string {
  switch (kind) {
    case 'reclaim':
      return 'with spot replicas taken back';
    case 'n-1':
      return survive === 1 ? 'with one replica lost' : `with ${survive} replicas lost`;
    case 'peak':
      return survive === 0 ? 'at the peak' : 'with all replicas up';
    case 'day':
      return 'over the whole scenario';
    case 'autoscaled':
      return 'while autoscaled';
  }
}

export function valueText({ mean, unit }: Pick<PlanCheck, 'mean' | 'unit'>): string {
  if (mean === null) return 'nothing measured';
  return unit === 'ms' ? `${formatNumber(mean)} ms` : `${(100 * mean).toFixed(1)} %`;
}

/** Why a fleet is not the answer, or that it could be. */
export function verdictText({ cause, checks, kind, seeds }: PlanVerdict, survive: number): string {
  if (kind === 'keeps') return 'keeps the SLO';
  const why = cause === null ? '' : causeText(cause, survive);
  if (kind === 'fails') return `fails: ${why}`;
  const open = checks.find((check) => !check.holds);
  const direction = open?.unit === 'ms' ? 'up' : 'down';
  const bound =
    open?.bound == null ? '' : `, ${direction} to ${valueText({ ...open, mean: open.bound })}`;
  return `undecided after ${seeds} seeds: ${why}${bound} with 95 % confidence`;
}

export function shareText(share: number): string {
  const percent = 100 * share;
  const text = Math.abs(percent) >= 10 ? percent.toFixed(0) : percent.toFixed(1);
  return `${share < 0 ? text.replace('-', '−') : `+${text}`} %`;
}
