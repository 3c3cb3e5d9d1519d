// node scripts/run-built.mjs <built file> [arguments]: runs it as if it had been named itself, or says that it must be built first.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , file = '', ...args] = process.argv;
const root = join(import.meta.dirname, '..');
const path = join(root, file);
const packages = join(root, 'node_modules');
const missing = [packages, path].find((one) => !existsSync(one));
if (missing) {
  const command = missing === packages ? 'npm ci && npm run build' : 'npm run build';
  process.stderr.write(`wxplane: nothing is built in this checkout yet. Run: ${command}   (npm start does it by itself)\n`);
  process.exit(1);
}
process.argv.splice(1, process.argv.length, path, ...args);
await import(pathToFileURL(path).href);
