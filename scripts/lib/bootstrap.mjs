// Gets from any Node >= 20 without packages to the project's own Node with all of them. No imports but Node's own and ours in plain JavaScript.

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bold, dim, print, red, step } from './terminal.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const modules = join(root, 'node_modules');
const OLDEST_NODE = 20;
/** Another install that takes longer than this has died. */
const INSTALL_LOCK_MS = 15 * 60_000;

/**
 * Installs the packages if that is due, then runs a TypeScript file of this folder under the project's Node.
 * @param {string} entry such as `scripts/start.ts`
 * @param {string} title printed first, beside the project's name
 * @param {string} help what `--help` prints; whoever only asks gets nothing installed
 */
export async function bootstrap(entry, title, help) {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    print(help.trimEnd());
    return;
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    stop(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.version}. See https://nodejs.org/en/download`);
  if (process.platform === 'win32') stop('Windows is not supported as such: use WSL (https://learn.microsoft.com/windows/wsl).');
  process.chdir(root);
  print(`${bold('wxplane')} ${dim(`· ${title}`)}\n`);
  if (!packagesAreInstalled()) await installPackages();

  const node = join(modules, '.bin', 'node');
  if (process.version === projectNode()) {
    await import(pathToFileURL(join(root, entry)).href);
    return;
  }
  const child = spawn(node, [join(root, entry), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => stop(`${node} does not start: ${error.message}`));
  child.once('exit', (code) => process.exit(code ?? 1));
}

/** npm keeps its own record of what it installed; it must say the same as the lock file. */
function packagesAreInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!wanted) stop('package-lock.json is missing or damaged.');
  if (!present || !existsSync(join(modules, '.bin', 'node'))) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const installed = present[path];
    if (installed ? installed.version !== entry.version : !entry.optional && !entry.peer) return false;
  }
  return true;
}

function projectNode() {
  return `v${readJson(join(modules, 'node', 'package.json'))?.version}`;
}

async function installPackages() {
  const line = step('Node packages');
  const lock = join(root, '.local', 'install.lock');
  mkdirSync(join(root, '.local'), { recursive: true });
  while (!takeLock(lock)) {
    line.note('waiting for another install in this checkout');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    if (packagesAreInstalled()) {
      line.done('installed meanwhile');
      return;
    }
    const total = Object.keys(readJson(join(root, 'package-lock.json')).packages).length;
    const timer = setInterval(() => line.note(`npm ci: ${countPackages()} of about ${total}`), 300);
    const { code, output } = await npmCi();
    clearInterval(timer);
    if (code !== 0 || !packagesAreInstalled()) {
      line.fail('npm ci failed');
      print(output.trim().split('\n').slice(-40).join('\n'));
      stop(`The packages could not be installed (npm ci, exit code ${code}); the reason is above.`);
    }
    line.done(`${countPackages()} installed, Node ${projectNode()} among them`);
  } finally {
    rmdirSync(lock);
  }
}

/**
 * npm runs under the machine's own Node: the project's Node is one of the packages it may be about to replace.
 * @returns {Promise<{code: number, output: string}>}
 */
function npmCi() {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder && !folder.startsWith(modules));
  const node = path.map((folder) => join(folder, 'node')).find(isExecutable);
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // What `npm start` put into the environment is about its own call (as `--once` is), not about this one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command|execpath|node)/.test(name)),
  );
  env.PATH = path.join(delimiter);
  // Development dependencies hold the project's Node and the build.
  delete env.NODE_ENV;
  delete env.npm_config_omit;
  delete env.npm_config_production;
  return new Promise((resolve) => {
    const child = npm && node ? spawn(node, [npm, ...args], { cwd: root, env }) : spawn('npm', args, { cwd: root, env });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-50_000);
    };
    child.stdin.end();
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 127, output: `npm does not start: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function countPackages() {
  try {
    return readdirSync(modules).reduce((sum, name) => {
      if (name.startsWith('.')) return sum;
      return sum + (name.startsWith('@') ? readdirSync(join(modules, name)).length : 1);
    }, 0);
  } catch {
    return 0;
  }
}

/** A folder is made by exactly one. @param {string} lock */
function takeLock(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    try {
      if (Date.now() - statSync(lock).mtimeMs > INSTALL_LOCK_MS) rmdirSync(lock);
    } catch {}
    return false;
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} reason @returns {never} */
function stop(reason) {
  process.stderr.write(`${red(bold('wxplane:'))} ${reason}\n`);
  process.exit(1);
}
