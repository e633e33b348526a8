// Measures how often compare and gate are wrong, for docs/statistics.md: builds, then runs
// bench/error-rates/main.ts. It takes about ten minutes.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAndImport('bench/error-rates/main.js');
