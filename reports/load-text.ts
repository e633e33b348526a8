import { countOf, formatNumber } from './format.ts';
import type { Comparison } from './summary.ts';

/** A load as it was asked for, and what came out of it. */
export interface LoadFigures {
  readonly share: number;
  /** Of requests, or of the beginnings of jobs. */
  readonly rps: number;
  readonly capacityRps: number;
  readonly requestsPerJob: number;
}

/** "load 0.75 = 16.2 requests/s of 21.6". */
export function loadText({ capacityRps, requestsPerJob, rps, share }: LoadFigures): string {
  const [rate, capacity] = [rps, capacityRps].map(formatNumber);
  if (requestsPerJob === 1) return `load ${share} = ${rate} requests/s of ${capacity}`;
  const requests = countOf(Number(requestsPerJob.toFixed(1)), 'request');
  return `load ${share} = ${rate} jobs/s of ${capacity}, each of ${requests} on average`;
}

/** Of every tenant whose rate was asked for as a load. */
export function loadLines({ scenario }: Pick<Comparison, 'scenario'>): string[] {
  return scenario.traffic.flatMap(({ load, tenant }) =>
    load === undefined ? [] : [`${tenant}: ${loadText(load)}`],
  );
}
