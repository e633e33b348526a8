import { US_PER_S } from '../../core/time.ts';
import { defineArrivals } from '../arrivals.ts';
import { rateRps } from '../quantities.ts';

export default defineArrivals({
  kind: 'constant',
  summary: 'Equal gaps, without any chance.',
  options: { rate: rateRps() },
  create({ rate }) {
    const gapUs = US_PER_S / rate;
    return { nextGapUs: () => gapUs };
  },
});
