import { defineArrivals } from '../arrivals.ts';
import { renewalArrivals, renewalOptions } from '../renewal/renewal-arrivals.ts';
import { exponentialGaps } from '../renewal/unit-gaps.ts';

export default defineArrivals({
  kind: 'poisson',
  summary: 'Independent users: exponential gaps.',
  options: renewalOptions,
  create(options, context) {
    return renewalArrivals(options, exponentialGaps(context.chance('arrivals')), context);
  },
});
