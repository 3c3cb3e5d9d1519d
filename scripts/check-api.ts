import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges } from './lib/openapi-diff.ts';
import type { Document } from './lib/openapi-document.ts';
import { ROOT } from './lib/paths.ts';

/** A difference that was decided on, and why those who call the app live with it. */
interface Accepted {
  readonly change: string;
  readonly reason: string;
}

const APPS = ['ingestion', 'broker', 'release'] as const;
const read = <T>(file: string): T => JSON.parse(readFileSync(join(ROOT, 'openapi', file), 'utf8')) as T;

/**
 * Compares what each app serves with what the last release served.
 * @returns what is wrong, a line each
 */
export function checkApi(): string[] {
  const accepted = read<Record<string, readonly Accepted[]>>('accepted.json');
  return APPS.flatMap((app) => {
    const changes = breakingChanges(read<Document>(`released/${app}.json`), read<Document>(`${app}.json`));
    const known = new Set((accepted[app] ?? []).map(({ change }) => change));
    return [
      ...changes.filter((change) => !known.has(change)).map((change) => `${app}: ${change}`),
      ...[...known].filter((change) => !changes.includes(change)).map((change) => `${app}: accepted, but not so: ${change}`),
    ];
  });
}

if (import.meta.main) {
  const faults = checkApi();
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length > 0) {
    process.stdout.write(
      '\nA program written for the last release would break. Keep the former form beside the new one, or, if that is decided, add the line with its reason to openapi/accepted.json.\n',
    );
    process.exitCode = 1;
  }
}
