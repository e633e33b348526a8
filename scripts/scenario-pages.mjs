// Writes docs/scenarios/: what came out of each scenario of the library. Names after it choose
// single scenarios; the index needs all of them.
import { fileURLToPath } from 'node:url';
import { buildAndImport } from './build-and-import.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { writeScenarioPages } = await buildAndImport('cli/scenario-pages.js');
await writeScenarioPages(process.argv.slice(2));
