import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type MetricFamily, type MetricName, metricFamilies } from './metric-families.ts';

/** A value as it is served. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Where it is not that of the family: `_bucket`, `_sum` and `_count`. */
  readonly metricName?: string;
}

export type MetricReaders = { readonly [K in MetricName]: () => Sample[] };

/**
 * Has the registry ask for values when it is asked itself. The counters of prom-client look at all
 * labels at each increment, the bound ones as well, which for the dozen figures of a request takes
 * several times as long as to count them in numbers of our own.
 */
export function serveMetrics(registry: Registry, readers: MetricReaders): void {
  for (const name of Object.keys(metricFamilies) as MetricName[]) {
    serve(registry, name, readers[name]);
  }
}

function serve(registry: Registry, name: MetricName, read: () => Sample[]): void {
  const family: MetricFamily = metricFamilies[name];
  const configuration = {
    name,
    help: family.help,
    labelNames: family.labels,
    registers: [registry],
  };
  const described = { name, help: family.help, type: family.kind, aggregator: 'sum' };
  const get = async () => ({ ...described, values: read() });
  switch (family.kind) {
    case 'counter':
      Object.assign(new Counter(configuration), { get });
      break;
    case 'gauge':
      Object.assign(new Gauge(configuration), { get });
      break;
    case 'histogram':
      // The text is made from another method here than what is read as objects.
      Object.assign(new Histogram(configuration), { get, getForPromString: get });
  }
}
