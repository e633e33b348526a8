import { defineArrivals } from '../arrivals.ts';
import { variation } from '../quantities.ts';
import { renewalArrivals, renewalOptions } from '../renewal/renewal-arrivals.ts';
import { unitGaps } from '../renewal/unit-gaps.ts';

export default defineArrivals({
  kind: 'weibull',
  summary: 'Weibull gaps: a longer tail than gamma at the same CV above 1.',
  options: {
    cv: variation().describe('Standard deviation of the gaps over their mean.'),
    ...renewalOptions,
  },
  create({ cv, ...options }, context) {
    const gaps = unitGaps({ law: 'weibull', cv }, context.chance('arrivals'));
    return renewalArrivals(options, gaps, context);
  },
});
