import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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
const expect = { poll: { timeout: 60_000, interval: 50 } };
const ssr = { resolve: { conditions: ['wxplane-source', 'node', 'import', 'default'] } };

/** Most tests wait for something else: a server that starts, an interval that passes. Each worker may have a whole suite of apps beside it. */
const maxWorkers = Math.min(2 * availableParallelism(), 6);

const seed = process.env['WXPLANE_TEST_SEED'];
/** Files of a project stay together: a worker that does not isolate its files is kept for the next one of the same project only. */
class RandomOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification) =>
      `${project.name} ${createHash('sha1').update(`${seed} ${moduleId}`).digest('hex')}`;
    return [...files].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    // In a run of several projects a free worker takes a file of the next one: end-to-end first, the longest files of each first.
    sequence: { sequencer: seed ? RandomOrder : BaseSequencer },
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
          testTimeout: 90_000,
          maxWorkers,
          isolate: false,
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
          testTimeout: 180_000,
          hookTimeout: 240_000,
          maxWorkers,
          isolate: false,
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
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
    ],
  },
});
