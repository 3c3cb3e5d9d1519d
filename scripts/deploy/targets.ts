/** What the Dockerfile builds: one image per target, each from one built entry point. */
export const TARGETS = {
  ingestion: { entry: 'dist/apps/ingestion/src/main.js', kind: 'service' },
  broker: { entry: 'dist/apps/broker/src/main.js', kind: 'service' },
  release: { entry: 'dist/apps/release/src/main.js', kind: 'service' },
  console: { entry: 'dist/apps/console/src/main.js', kind: 'service' },
  sandbox: { entry: 'dist/apps/sandbox/src/main.js', kind: 'sandbox' },
  /** Migrations and the operators' command-line tool. */
  cli: { entry: 'dist/apps/cli/src/main.js', kind: 'command' },
} as const satisfies Record<string, { entry: string; kind: 'service' | 'sandbox' | 'command' }>;

export type Target = keyof typeof TARGETS;

/** Further entry points inside an image. */
export const FURTHER_ENTRIES: Partial<Record<Target, readonly string[]>> = {
  broker: ['dist/apps/broker/src/sidecar/main.js'],
  cli: ['dist/libs/persistence/src/migrate.js'],
};

/** Folders that an app reads at run time, which no import leads to. */
export const FOLDERS: Partial<Record<Target, readonly string[]>> = { console: ['dist/apps/console/web'] };

export const isTarget = (name: string): name is Target => Object.hasOwn(TARGETS, name);
