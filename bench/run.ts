import { build } from '../scripts/lib/build.ts';
import { HELP, USAGE } from './help.mjs';

const name = process.argv[2] ?? '';
if (!Object.hasOwn(HELP, name)) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(2);
}
if (process.argv.includes('--no-build')) process.argv.splice(process.argv.indexOf('--no-build'), 1);
else await build((line) => process.stdout.write(`${line}\n`));
// The benchmark reads its own options.
process.argv.splice(2, 1);
await import(`./${name}.ts`);
