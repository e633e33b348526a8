// Measures our own speed: builds, then runs bench/main.ts with the arguments given.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAndImport('bench/main.js');
