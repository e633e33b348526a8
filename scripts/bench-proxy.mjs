// Measures the proxy beside nginx, HAProxy and Caddy: builds, then runs bench/proxy/main.ts with the
// arguments given. It needs two cores, taskset and these programs; --targets leaves some out.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAndImport('bench/proxy/main.js');
