import { rateAt, type ServeGenClient, type ServeGenModel } from './servegen-model.ts';

/** The correlation of rates that two clients do not reach by chance. */
const sameCorrelation = 0.999;
/** Series that are hardly ever above zero are alike without being the same. */
const leastActiveWindows = 50;

/** Clients whose rates are those of an earlier one: the same traffic, published twice. */
export function duplicateClients({ clients }: ServeGenModel): { id: number; of: number }[] {
  const series = clients
    .filter((client) => client.windows.filter(Boolean).length >= leastActiveWindows)
    .map((client) => ({ id: client.id, rates: standardised(client) }));
  return series.flatMap(({ id, rates }, index) => {
    const first = series
      .slice(0, index)
      .find((other) => product(other.rates, rates) > sameCorrelation);
    return first === undefined ? [] : [{ id, of: first.id }];
  });
}

/** With mean 0 and length 1, so that the product of two is their correlation. */
function standardised(client: ServeGenClient): Float64Array {
  const rates = Float64Array.from(client.windows, (_, window) => rateAt(client, window));
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const centred = rates.map((rate) => rate - mean);
  const length = Math.sqrt(product(centred, centred));
  return length === 0 ? centred : centred.map((rate) => rate / length);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < Math.min(a.length, b.length); index++) sum += a[index]! * b[index]!;
  return sum;
}
