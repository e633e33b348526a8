/** Whether this is what was built of the sources, and not the sources themselves. */
export const isBuilt = !import.meta.url.endsWith('.ts');

/** The folder of package.json: sources lie one below it, and what is built of them two. */
export const packageRoot = new URL(isBuilt ? '../../' : '../', import.meta.url);

/** A program that runs in a process or thread of its own; those have to be built. */
export function programUrl(name: string): URL {
  return new URL(`dist/bundle/${name}.js`, packageRoot);
}
