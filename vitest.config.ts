import { defineConfig } from 'vitest/config';

/** Where CI wants the results in a form it can count. */
const resultsFile = process.env['FAIRLEAD_TEST_RESULTS'];

const all = 'test/**/*.test.ts';
/** What measures milliseconds; it has the machine for itself when the others are done. */
const timed = ['test/loadgen/accuracy.test.ts'];
/** What counts the objects of compiled code, for which it must not matter when it is compiled. */
const allocations = ['test/contract/{strategy,warm-picks}.contract.test.ts'];
const apart = [...timed, ...allocations];

export default defineConfig({
  test: {
    setupFiles: ['test/support/fast-check-setup.ts'],
    testTimeout: 60_000,
    // By default a core is left idle, which on two of them is half of the machine.
    maxWorkers: '100%',
    reporters: resultsFile ? ['default', ['json', { outputFile: resultsFile }]] : ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'suite', include: [all, ...apart.map((file) => `!${file}`)] },
      },
      {
        extends: true,
        // Once V8 runs, it no longer heeds this flag.
        test: {
          name: 'allocations',
          include: allocations,
          execArgv: ['--expose-gc', '--no-concurrent-recompilation'],
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
