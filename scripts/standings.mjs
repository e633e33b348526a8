// Holds predicted-finish against all other strategies on the library, for docs/strategies.md. Names
// after it choose single scenarios.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { writeStandings } = await buildAndImport('cli/standings.js');
await writeStandings(process.argv.slice(2));
await import('./generate.mjs');
