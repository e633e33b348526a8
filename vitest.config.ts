import { defineConfig } from 'vitest/config';

/** Where CI wants the results in a form it can count. */
const resultsFile = process.env['FAIRLEAD_TEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check-setup.ts'],
    testTimeout: 60_000,
    // By default a core is left idle, which on two of them is half of the machine.
    maxWorkers: '100%',
    reporters: resultsFile ? ['default', ['json', { outputFile: resultsFile }]] : ['default'],
  },
});
