import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

// Nest's injection needs decorator metadata, which esbuild does not emit; swc does.
const plugins = [
  swc.vite({
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  }),
];
const resolve = { conditions: ['wxplane-source', 'node', 'import', 'default'] };
/** What is awaited comes when it comes: on a busy machine a second, the default, is no fault of what is tested. */
const expect = { poll: { timeout: 20_000, interval: 50 } };
const ssr = { resolve: { conditions: ['wxplane-source', 'node', 'import', 'default'] } };

export default defineConfig({
  test: {
    projects: [
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['{apps,libs}/**/*.spec.ts', 'test/unit/**/*.spec.ts', 'test/deploy/**/*.spec.ts'],
          environment: 'node',
          expect,
          testTimeout: 30_000,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['{apps,libs}/**/*.int-spec.ts'],
          environment: 'node',
          expect,
          globalSetup: ['test/support/services.global.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts', 'apps/**/*.e2e-spec.ts'],
          environment: 'node',
          expect,
          globalSetup: ['test/support/services.global.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
