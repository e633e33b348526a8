import { randomExponential } from 'd3-random';
import { US_PER_S } from '../../core/time.ts';
import { defineArrivals } from '../arrivals.ts';
import { rateRps } from '../quantities.ts';

export default defineArrivals({
  kind: 'poisson',
  summary: 'Independent users: exponential gaps around a constant rate.',
  options: { rate: rateRps() },
  create({ rate }, random) {
    const exponential = randomExponential.source(random)(rate / US_PER_S);
    return { nextGapUs: exponential };
  },
});
