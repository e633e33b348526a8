import { defineConfig } from 'vitest/config';

/** Where CI wants the results in a form it can count. */
const resultsFile = process.env['FAIRLEAD_TEST_RESULTS'];

const all = 'test/**/*.test.ts';
/** What measures milliseconds; it has the machine for itself when the others are done. */
const timed = ['test/loadgen/accuracy.test.ts'];
/** What counts objects of compiled code, for which it must not matter when it is compiled. */
const allocations = ['test/contract/{forgetting,strategy,warm-picks}.contract.test.ts'];
/** What is pure: for all of it the modules are loaded once, which else takes a fifth of its time. */
const pure = [
  'test/{core,endpoints,experiments,faults,gateway,golden,pathologies,properties}/**/*.test.ts',
  'test/{reference,reports,scenarios,simulation,strategies}/**/*.test.ts',
  // The other one puts something else in the place of a module.
  'test/sim/**/!(engine-options).test.ts',
];

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
        test: { name: 'suite', include: [all], exclude: [...timed, ...allocations, ...pure] },
      },
      {
        extends: true,
        test: { name: 'pure', include: pure, isolate: false },
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
