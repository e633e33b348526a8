import { expect, test } from 'vitest';
import type { Forecast } from '../../../strategies/shared/fleet-twin.ts';
import { plainTwins } from '../../support/twins.ts';
import { fleetView, requestView } from '../../support/views.ts';

const fleet = fleetView([0, 0]);
const unknown = { outputTokens: Number.NaN, cachedTokens: Number.NaN };

function forecastOf(twins: ReturnType<typeof plainTwins>, replica = 0, nowUs = 1e9): Forecast {
  const question = { request: requestView(1_000, 500), cachedTokens: 0 };
  return { ...twins.forecast(question, fleet[replica]!, nowUs) };
}

test('an answer of which nobody says how long it was teaches nothing of lengths', () => {
  const twins = plainTwins(2);
  const before = forecastOf(twins, 0, 0);
  for (let id = 0; id < 20; id++) {
    const [request, replica] = [requestView(id), fleet[0]!];
    twins.onDispatched({ request, cachedTokens: 0 }, replica, id * 1e6);
    twins.onFirstToken(request, replica, id * 1e6 + 50_000);
    twins.onEnded(request, replica, { outcome: 'ok', ...unknown }, id * 1e6 + 90_000);
  }
  expect(forecastOf(twins).outputTokens).toBe(before.outputTokens);
});

test('of a request at two replicas the one that is outrun leaves nothing behind', () => {
  const twins = plainTwins(2);
  const request = requestView(1, 20_000);
  for (const replica of fleet) twins.onDispatched({ request, cachedTokens: 0 }, replica, 0);
  twins.onEnded(request, fleet[0]!, { outcome: 'outrun', ...unknown }, 1_000);
  twins.onFirstToken(request, fleet[1]!, 1_000_000);
  expect(forecastOf(twins, 0)).toEqual(forecastOf(plainTwins(2), 0));
  expect(forecastOf(twins, 1).harmUs).toBeGreaterThan(0);
  twins.onEnded(request, fleet[1]!, { outcome: 'cancelled', ...unknown }, 2_000_000);
  expect(forecastOf(twins, 1)).toEqual(forecastOf(twins, 0));
});
