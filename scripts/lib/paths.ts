import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
/** Everything that a run leaves behind in this checkout: data, logs, secrets. Not in the repository. */
export const LOCAL = join(ROOT, '.local');
export const LOGS = join(LOCAL, 'logs');

/** A program that a package of the project brought. */
export const bin = (name: string): string => join(ROOT, 'node_modules', '.bin', name);
