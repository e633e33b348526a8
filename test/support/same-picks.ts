import { expect } from 'vitest';
import { balancingScript, loadUp, type Picks, play } from './balancing-scripts.ts';
import { areAlike } from './chi-square.ts';
import { GatewayPicks } from './gateway-picks.ts';
import { ProductPicks } from './product-picks.ts';
import { type ProductName, startExported, startProduct } from './products.ts';
import { Upstreams } from './upstreams.ts';

export interface Comparison {
  readonly product: ProductName;
  /** In the words of the product; or by its name, with all of the configuration that we export. */
  readonly policy: readonly string[] | string;
  readonly strategy: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly weights: readonly number[];
  /** Most requests in progress at once; 1 for an idle fleet. */
  readonly held?: number;
  /** Requests that our strategy alone gets before, where a product begins elsewhere. */
  readonly ahead?: number;
}

/** A thousand requests, one after the other, through a real balancer and through our gateway. */
export async function expectSamePicks(comparison: Comparison): Promise<void> {
  const { ahead = 0, held = 1 } = comparison;
  const script = balancingScript({ requests: 1_000, held, keys: 200 });
  const { gateway, product } = await startBoth(comparison);
  for (let request = 0; request < ahead; request++) {
    gateway.send('any');
    gateway.end(request);
  }
  const shifted = script.map((step) =>
    step.kind === 'end' ? { ...step, request: step.request + ahead } : step,
  );
  expect(await play(shifted, gateway)).toBe(await play(script, product));
}

export interface Shares {
  /** Requests that every replica has in progress all the time. */
  readonly loads: readonly number[];
  /** Who should pick in the same way; our strategy behind our gateway unless told. */
  readonly model?: Picks;
}

/**
 * A thousand requests to replicas that stay equally busy: the shares of two samples of the same
 * chances differ by more than allowed once in a thousand times.
 */
export async function expectSameShares(
  comparison: Comparison,
  { loads, model }: Shares,
): Promise<void> {
  const { gateway, product } = await startBoth(comparison);
  const expected = await countPicks(model ?? gateway, loads, 20_000);
  const counted = await countPicks(product, loads, 1_000);
  expect(areAlike(counted, expected), `${counted} is not of ${expected}`).toBe(true);
}

async function countPicks(
  picks: Picks,
  loads: readonly number[],
  requests: number,
): Promise<number[]> {
  const before = await loadUp(picks, loads);
  const counts = loads.map(() => 0);
  for (let request = before; request < before + requests; request++) {
    counts[(await picks.send('any')) - 1]! += 1;
    await picks.end(request);
  }
  return counts;
}

async function startBoth(
  comparison: Comparison,
): Promise<{ product: ProductPicks; gateway: GatewayPicks }> {
  const { policy, weights } = comparison;
  const upstreams = await Upstreams.start(weights.length);
  const { ports } = upstreams;
  const port =
    typeof policy === 'string'
      ? await startExported(comparison.product, policy, { ports, weights })
      : await startProduct(comparison.product, { policy, ports, weights });
  return {
    product: new ProductPicks(upstreams, port),
    gateway: new GatewayPicks({ ...comparison, ports }),
  };
}
