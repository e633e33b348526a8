// Measures the emulated replicas: builds, then runs bench/emulator/main.ts with the arguments given.
// It wants two cores, one for the replicas and one for their clients.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAndImport('bench/emulator/main.js');
