// Builds the sources, if they have changed, and gives a module of them: the programs of scripts/ are
// written in TypeScript, and Node 20 cannot run that.
export async function buildAndImport(path) {
  await import('./setup.mjs');
  return import(new URL(`../dist/${path}`, import.meta.url).href);
}
