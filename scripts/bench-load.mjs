// Measures the load generator: builds, then runs bench/loadgen/main.ts with the arguments given, such as
// --streams 3000 --gapMs 100. The server it measures against takes a second core.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAndImport('bench/loadgen/main.js');
