import { defineConfig } from 'vitest/config';

/** Where CI wants the results in a form it can count. */
const resultsFile = process.env['FAIRLEAD_TEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check-setup.ts'],
    testTimeout: 60_000,
    reporters: resultsFile ? ['default', ['json', { outputFile: resultsFile }]] : ['default'],
  },
});
