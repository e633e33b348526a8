import { defineArrivals } from '../arrivals.ts';
import { createRate, rateOption } from '../rate-option.ts';
import { meanRps, scaledRate } from '../rates.ts';

export default defineArrivals({
  kind: 'constant',
  summary: 'Equal gaps, without any chance; along a curve, each time one more is expected.',
  options: { rate: rateOption() },
  create({ rate }, { rateFactor }) {
    const curve = scaledRate(createRate(rate), rateFactor);
    let sent = 0;
    return {
      nextUs: () => curve.timeOf(++sent),
      meanRps: (window) => meanRps(curve, window),
    };
  },
});
