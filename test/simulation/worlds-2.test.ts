import { test } from 'vitest';
import { expectCoverage, sweepMs } from './coverage.ts';
import { sweep } from './sweep.ts';

test('whatever happens in a world, every invariant holds', () => expectCoverage(sweep(1)), sweepMs);
