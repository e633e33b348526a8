// Makes a fresh clone ready: installs what the lock file asks for, and builds. Does nothing, in a
// fraction of a second, when nothing has changed. Runs before there is a node_modules.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  console.error(`Fairlead needs Node 20.18.1 or newer; this is ${process.versions.node}.`);
  process.exit(64);
}

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const installedStamp = 'node_modules/.fairlead-lock';
if (!existsSync(installedStamp) || readFileSync(installedStamp, 'utf8') !== lock) {
  console.error('Installing dependencies…');
  run('npm', ['ci', '--no-progress', '--loglevel=error']);
  writeFileSync(installedStamp, lock);
}

const sources = [
  'core',
  'scenarios',
  'strategies',
  'gateway',
  'sim',
  'proxy',
  'emulator',
  'loadgen',
  'deploy',
  'experiments',
  'reports',
  'cli',
  'bench',
];
const builtStamp = 'dist/.built';
if (!existsSync(builtStamp) || newestChange(sources) > statSync(builtStamp).mtimeMs) {
  console.error('Building…');
  run(process.execPath, ['scripts/build.mjs']);
}

function newestChange(folders) {
  // What is bundled has the packages inside.
  const said = ['tsconfig.build.json', 'scripts/build.mjs', installedStamp];
  let newest = Math.max(...said.map((path) => statSync(path).mtimeMs));
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      // A folder counts too: its time moves when a file is removed.
      newest = Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
    }
    newest = Math.max(newest, statSync(folder).mtimeMs);
  }
  return newest;
}

function run(command, args) {
  try {
    // What it prints belongs on stderr: stdout is for the answer of the command that follows.
    execFileSync(command, args, { stdio: ['ignore', 2, 2] });
  } catch (error) {
    console.error(`"${command} ${args.join(' ')}" failed; see above.`);
    process.exit(error.status ?? 1);
  }
}
