import { defineConfig } from 'vitest/config';

/** Where CI wants the results in a form it can count. */
const resultsFile = process.env['FAIRLEAD_TEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    reporters: resultsFile ? ['default', ['json', { outputFile: resultsFile }]] : ['default'],
  },
});
