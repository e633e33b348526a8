import { randomStream } from '../../core/random.ts';

/**
 * Of a pool of runs the places of `count` for each repetition, none of them twice in one. Pools are
 * much larger than what a repetition takes, so two repetitions have next to nothing in common.
 */
export function* drawnSeeds(pool: number, count: number, repetitions: number) {
  const random = randomStream(1, 'error-rates');
  const places = Array.from({ length: pool }, (_, index) => index);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (let index = 0; index < count; index++) {
      const other = index + Math.floor(random() * (pool - index));
      [places[index], places[other]] = [places[other]!, places[index]!];
    }
    yield places.slice(0, count);
  }
}
