import { build } from './lib/build.ts';
import { print, step } from './lib/terminal.mjs';

// As npm start does it: whoever has built finds that it is up to date there.
const line = step('Build');
try {
  const { built, files } = await build((text) => line.note(text));
  line.done(built ? `${files} files compiled` : 'up to date');
} catch (error) {
  line.fail();
  print(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
