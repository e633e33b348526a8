import { defineArrivals } from '../arrivals.ts';
import { variation } from '../quantities.ts';
import { renewalArrivals, renewalOptions } from '../renewal/renewal-arrivals.ts';
import { unitGaps } from '../renewal/unit-gaps.ts';

export default defineArrivals({
  kind: 'gamma',
  summary: 'Gamma gaps: bursty above CV 1, regular below it.',
  options: {
    cv: variation().describe('Standard deviation of the gaps over their mean.'),
    ...renewalOptions,
  },
  create({ cv, ...options }, context) {
    const gaps = unitGaps({ law: 'gamma', cv }, context.chance('arrivals'));
    return renewalArrivals(options, gaps, context);
  },
});
