import { formatNumber } from '../format.ts';
import type { LengthFacts, TrafficPreview } from './preview.ts';

/** A row for each of the tenants who send most; the first row holds the titles. */
export function tenantRows({ all, tenants }: TrafficPreview): string[][] {
  const head = [
    'tenant',
    'requests',
    'share',
    'requests/s',
    'prompt p50/p90/p99',
    'answer p50/p90/p99',
    'shared',
  ];
  const rows = tenants.map(({ answer, meanRps, name, prompt, requests, reusedShare }) => [
    name,
    requests.toLocaleString('en-US'),
    `${((requests / all.requests) * 100).toFixed(1)} %`,
    formatNumber(meanRps),
    quantiles(prompt),
    quantiles(answer),
    `${(reusedShare * 100).toFixed(1)} %`,
  ]);
  return rows.length === 0 ? [] : [head, ...rows];
}

function quantiles({ p50, p90, p99 }: LengthFacts): string {
  return [p50, p90, p99].map((tokens) => tokens.toLocaleString('en-US')).join(' / ');
}
