import { readdirSync } from 'node:fs';
import { build } from '../scripts/lib/build.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));
const name = process.argv[2] ?? '';
if (!names.includes(name)) {
  process.stdout.write(`npm run bench -- <${names.join(' | ')}> [options]\n`);
  process.exit(2);
}
if (process.argv.includes('--no-build')) process.argv.splice(process.argv.indexOf('--no-build'), 1);
else await build((line) => process.stdout.write(`${line}\n`));
// The benchmark reads its own options.
process.argv.splice(2, 1);
await import(`./${name}.ts`);
